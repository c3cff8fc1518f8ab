"""Tiny pages, one trouble each: every line of a page carries the kind it should be read as.

`kind|text` is a line, `=` between lines says that an article begins, `+body|` goes on with the
body above. The rest is the page as it stands, blank lines and all.
"""

from __future__ import annotations

import pytest

from indexer.model import Page
from indexer.paragraphs import read_articles

PAGES = {
    "a page header and the editors": """
furniture|2023年10月27日 星期五 第3版 要闻
title|山村来了新邮差
byline|本报记者 林若溪
body|清晨六点，邮差老周推着自行车出了门。他要走的山路有二十三公里。
body|“信少了，包裹多了。”老周说，去年他一共送了四千多件包裹。
furniture|责任编辑：王小明 版式：李丽
furniture|电话：0571-85310000
""",
    "several articles with by-lines of their own": """
title|渔港开市第一天
byline|本报记者 周望舒 通讯员 韩岳

body|天还没亮，码头上已经挤满了收鱼的货车。今年第一网带鱼卖出了好价钱。

body|渔民老陈说，开渔前他把渔网补了三遍。

=
kicker|守住一方水土
title|三年治水换来满溪清流
byline|通讯员 赵启明

body|从城东的水闸到城西的湿地，柳溪曾经是市民绕着走的地方。如今水清了。

body|监测数据显示，今年前十个月六个断面全部达标。
""",
    "a dateline opens an article": """
title|全市小麦开镰
body|本报讯（记者 张明）昨天，全市三百万亩小麦陆续开镰收割，农机手日夜不停。
body|今年的亩产预计比去年提高三十公斤。
=
title|新图书馆月底开放
body|本报讯 记者从市文旅局获悉，新图书馆将于本月底开放，藏书六十万册。
""",
    "by-lines in other shapes": """
title|药铺里的新学徒

byline|□ 方静好 文/图

body|药铺开在十字街口，门面不大，柜台后面是一整墙的小抽屉。
=
title|一座小城的无声课堂

byline|文/沈念真 图/周一鸣

body|上课铃没有响，教室门口的一盏黄灯闪了三下。孩子们抬起头来。
=
title|高山蔬菜坐上直通车

byline|记者 邹广田 见习记者 康宁

body|海拔一千二百米的石门坡上，凌晨三点就有人打着手电摘豆角。
""",
    "who took the picture": """
title|茶园里的早晨
byline|■ 罗小青
body|雾气还没有散，采茶的人已经上了山。一芽一叶，要赶在太阳出来以前采完。



caption|茶农正在采摘明前茶
credit|本报记者 李响 摄
body|今年的明前茶价格比去年高了一成。
credit|本版图片由镇文化站提供
""",
    "captions that say they are": """
title|老街修旧如旧
byline|■ 顾海生
body|老街长三百米，两边的木楼都有上百年的历史。修缮用的是原来的木料。
caption|▲修缮后的老街夜景
body|修缮工程持续了两年，花费一千八百万元。
caption|图为工匠在修补雕花窗。
body|居民没有搬走，店铺也没有关门。
""",
    "a caption that is a whole sentence splits a paragraph": """
title|新城的绿道
byline|■ 唐一鸣

body|绿道全长四十一公里，把七座公园连在了一起。每到周末，骑行的人从清晨一直到傍



caption|市民在绿道上骑行。

+body|晚络绎不绝，沿途的驿站也热闹起来。

body|明年还要再修二十公里。
""",
    "section headings with and without marks of order": """
title|一个县的养老账
byline|本报记者 林若溪
body|全县六十岁以上的老人有九万三千人，占总人口的四分之一。怎样让他们安享晚年？
heading|一、食堂开到家门口
body|中午十一点，食堂里已经坐满了人。六元钱，两荤一素一汤。
heading|二、床位搬到家里来
body|护理员每天上门两次，量血压、换药、陪着说话。
heading|（三）钱从哪里来
body|县里每年拿出两千万元，乡镇和村各出一部分。
""",
    "marks of headings": """
# 山里的风电场

记者 陈立

body|二十四台风机立在山脊上，每一台都有八十米高。

## 路是怎么修上去的

body|修路用了十一个月，最陡的一段只能靠骡子驮水泥。

caption|风机下的羊群

body|如今，这条路成了牧民转场的近道。
""",
    "a list keeps its items apart": """
title|市民须知
byline|■ 南小华
body|办理居住证需要带下列材料：
body|1.本人身份证；
body|2.近期一寸照片两张；
body|3.住所证明。
body|材料齐全的，当场办结。
""",
    "questions and answers": """
title|医保新政怎么看
byline|本报记者 许静
body|问：新政策什么时候开始实行？
body|答：从明年一月一日开始，全省统一实行。
body|问：异地看病怎么报销？
body|答：先备案，再结算，比例和本地一样。
""",
    "an article goes on elsewhere": """
furniture|（上接第1版）
body|桥墩一共有二十六个，最深的一个扎在水下四十米。施工队用了三年时间才全部完成。
body|通车以后，从县城到市区只要四十分钟
furniture|（下转第4版）
""",
    "classified corner": """
title|夜市重新亮灯
byline|■ 高远
body|夜市的灯在停了两年之后重新亮了起来，第一晚就来了八千人。
=
furniture|分类信息
furniture|联系电话:0571-85311007
notice|遗失声明
notice|张三遗失身份证，号码330101199001011234，声明作废。
notice|李四遗失营业执照副本，声明作废。
""",
    "a notice stands alone": """
title|老桥通车
body|本报讯（记者 王力）修了半年的老桥昨天通车，两岸居民放起了鞭炮。
=
notice|停水通知
notice|因管道检修，城东片区将于10月28日9时至17时停水，特此通知。
""",
    "names that look like words are no by-line": """
title|平安回家
byline|■ 安宁

body|大雪封山的第三天，抢险队终于挖通了最后一公里。被困的四十二人平安回家。

heading|高处不胜寒

body|海拔三千八百米，气温零下二十六度，队员们的眉毛上结了冰。
""",
    "a name under the title without any mark": """
title|大山里的足球队

byline|欧阳云峰

body|球场是他们自己平出来的，球门是两根竹竿。队员最小的九岁，最大的十三岁。

body|去年夏天，他们第一次坐火车去省城比赛，拿回来一座亚军奖杯。
""",
    "kicker, title and subtitle": """
kicker|乡村振兴看变化
title|荒滩上种出“金果果”

subtitle|——柳河镇发展沙棘产业纪实

byline|本报记者 邵文渊

body|十年前，这里还是一眼望不到边的荒滩。如今，沙棘林有四万亩。
""",
    "lines broken at the width of a column": """
title|渔港开市第一天
byline|本报记者 周望舒
body|　　天还没亮，码头上已经挤满了收鱼的货
+body|车。今年第一网带鱼卖出了好价钱，渔民们
+body|的脸上都带着笑。
body|　　渔民老陈说，开渔之前他把渔网补了三
+body|遍，又给发动机换了新的零件。“三个月没
+body|有出海，手都痒了。”
body|　　下午两点，最后一批渔船靠岸。据渔港
+body|管理站统计，当天一共有一百二十六条船
+body|回港，卸下鱼货两千三百吨，交易额达到
+body|三千多万元。
body|　　明天凌晨，他们还要再次出海。
""",
    "lines broken at a width without indents": """
title|新桥通车
byline|■ 何苗
body|修了三年的新桥昨天正式通车了。桥长一千
+body|二百米，双向六车道，两边还有三米宽的人
+body|行步道。住在北岸的居民去市区上班，可以
+body|少走四十分钟的路。
body|通车仪式没有剪彩，第一辆车是一辆公交车
+body|，司机老秦开了二十年的轮渡接驳线，他说
+body|自己早就等着这一天了。
body|据市交通局介绍，明年还将在下游三公里处
+body|再建一座新桥，届时两岸的交通将更加便
+body|捷，物流成本也会下降。
""",
    "ASCII punctuation": """
title|一碗面的三代传承
byline|本报记者 李明 通讯员 王芳
body|面馆开在老街的尽头,门口没有招牌.每天早上五点,第一锅汤就开了.
body|"汤要熬八个小时,少一分钟都不行."店主说.他的爷爷在1956年开了这家店.
heading|汤里的讲究
body|骨头要先泡两个小时,水要换三次.然后大火烧开,小火慢熬.
""",
    "an editor's note stands before the text": """
title|守岛人
byline|本报记者 陈海生
body|编者按：海岛离大陆四十七海里，岛上常住的只有两个人。本报记者登岛三天，写下这篇报道。
body|船靠岸的时候，老王已经在码头上等了一个小时。海风把他的脸吹得黝黑。
body|岛上没有淡水，也没有电，最早的时候连信号都没有。
""",
    "a poem": """
title|春日山行
byline|叶知秋

body|山路弯弯入翠微
+body|桃花开处鸟声飞
+body|樵夫不问春深浅
+body|一担斜阳带月归
""",
    "page names and numbers": """
furniture|嘉兴日报
furniture|A02 本地·要闻
furniture|2024年3月15日 星期五
furniture|责编/王明 版式/李丽 校对/张华
title|春耕备耕早动手
byline|记者 林若溪
body|走进合作社的育秧大棚，一盘盘秧苗长势喜人。技术员正在检查温度。
body|今年全镇计划种植早稻一万二千亩。
""",
    "bold marks": """
title|**老街来了新掌柜**

byline|本报记者 赵启明

body|掌柜今年二十六岁，大学学的是建筑。她租下老街最旧的一间铺子，卖起了手工布鞋。

heading|**一双鞋要九天**

body|纳鞋底是最费工夫的，一双鞋底要纳一千二百针。
""",
    "a sidebar": """
title|候鸟归来
byline|■ 沈念真

body|十月的湿地，第一批候鸟已经到了。管护员老方每天早上六点开始巡护。

body|去年冬天，他一共记录到了六十四种鸟。

heading|■链接

body|湿地位于县城以东二十公里，面积三万六千亩，是候鸟迁徙途中的重要驿站。
""",
    "numbers of pictures": """
title|丰收的秋天
byline|■ 邹广田

body|稻子熟了，收割机一天能收八十亩。老邹站在田埂上，笑得合不拢嘴。

caption|图①：收割机在田间作业。
caption|图②：村民晾晒稻谷。
credit|图片均由本报记者 李响 摄

body|今年的收购价比去年每斤高了一毛钱。
""",
    "a commentary": """
kicker|今日快评
title|别让好政策睡在抽屉里
byline|本报评论员 高远

body|政策出台了，知道的人却不多；钱拨下来了，用上的人却很少。这样的情况并不少见。

body|说到底，还是服务没有走完最后一公里。
""",
    "headings between paragraphs without blank lines": """
title|一座县城的文化账
subtitle|——来自柳河县的调查
byline|本报记者 林若溪 通讯员 赵启明
body|县城不大，书店却有十一家。记者走访了其中的五家，听到了不同的故事。
heading|书店怎么活下来
body|老板娘算了一笔账：房租、水电、人工，一年要二十多万元。
body|光靠卖书是不够的，她又卖咖啡、办讲座、教孩子画画。
heading|读者从哪里来
body|周末的下午，店里坐满了人。最远的读者来自六十公里外的小镇。
""",
}


def split_page(marked: str) -> tuple[str, list[tuple[str, int, str]]]:
    """Take the marks from a page; tell the kind, the article and the text of each line."""
    lines, expected, article = [], [], 1
    for row in marked.strip("\n").split("\n"):
        if row == "=":
            article += 1
            continue
        kind, bar, text = row.rpartition("|")
        lines.append(text if bar else row)
        if text:
            expected.append((kind or guess(row), article, text.strip()))
    return "\n".join(lines), expected


def guess(row: str) -> str:
    """Name the kind of rows that begin with a mark of their own."""
    return "title" if row.startswith("# ") else "heading" if row.startswith("#") else "byline"


@pytest.mark.parametrize("trouble", PAGES)
def test_lines_are_read_as_what_they_are(trouble: str) -> None:
    text, expected = split_page(PAGES[trouble])
    articles = read_articles(Page("page", "page.txt", text, ""))
    found = {}
    for article in articles:
        for block in article.paragraphs:
            for number, (start, end) in enumerate(block.spans):
                joined = "+" if number and block.kind == "body" else ""
                found[text[start:end]] = (joined + block.kind.value, article.number)
    assert [(*found.get(line, ("lost", 0)), line) for _, _, line in expected] == expected
