"""The scan of a page: hits marked where they are printed, images from nowhere but the sources."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from support.formats import LINES, box, make_pdf, points, write_file

from indexer import build_index, open_index
from webapp import create_app

OCR = {
    "txts": list(LINES),
    "boxes": [points(line) for line in range(3)],
    "width": 1200,
    "height": 1600,
}
PDF_LINES = [(50, 500, 10, "昨天上午，十名支教老师来到山村小学。")]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    write_file(folder, "b/p1.json", OCR)
    Image.new("RGB", (600, 800), "white").save(folder / "b" / "p1.jpg")
    write_file(folder, "alone.json", OCR)
    write_file(
        folder, "a.pdf", make_pdf([(50, 500, 10, "无关的文字在这里，一共十多个。")], PDF_LINES)
    )
    write_file(folder, "plain.txt", "支教队昨天到达。")
    return folder


@pytest.fixture
def client(pages: Path) -> FlaskClient:
    build_index([pages], index=pages.with_name("index"))
    return create_app(index=pages.with_name("index")).test_client()


def test_hits_have_regions_on_the_sheet(client: FlaskClient, pages: Path) -> None:
    with open_index(pages.with_name("index")) as index:
        regions = {hit.page: hit.regions for hit in index.search("两百本")}
        assert index.search("到达")[0].regions == ()
    left, top, right, bottom = box(2)
    width = (right - left) / len(LINES[2])
    wanted = (left + round(8 * width), top, round(3 * width), bottom - top)
    assert regions["b/p1"] == (wanted,)
    answer = client.get("/api/v1/search?q=两百本").get_json()
    assert {tuple(map(tuple, hit["regions"])) for hit in answer["hits"]} == {(wanted,)}


def test_the_sheet_marks_hits_and_frames_articles(client: FlaskClient) -> None:
    answer = client.get("/pages/b/p1/sheet?q=支教老师").get_data(as_text=True)
    assert 'viewBox="0 0 1200 1600"' in answer
    assert 'href="/images/b/p1"' in answer
    assert len(re.findall('class="region"', answer)) == 1
    assert re.search('<a href="/articles/b/p1/1[?][^"]*"><rect class="frame"', answer)
    assert "<script" not in re.sub("<script[^>]+src=", "", answer)


@pytest.mark.parametrize(("zoom", "shown"), [("2", 2), ("4", 4), ("9", 1), ("x", 1)])
def test_the_sheet_is_enlarged_without_a_script(client: FlaskClient, zoom: str, shown: int) -> None:
    assert f"zoom-{shown}" in client.get(f"/pages/b/p1/sheet?zoom={zoom}").get_data(as_text=True)


def test_without_an_image_the_lines_are_drawn(client: FlaskClient) -> None:
    answer = client.get("/pages/alone/sheet").get_data(as_text=True)
    assert "<image" not in answer
    assert LINES[2] in answer


def image_size(client: FlaskClient, address: str) -> tuple[int, int]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    size: tuple[int, int] = Image.open(BytesIO(answer.data)).size
    return size


def test_images_come_whole_in_parts_and_small(client: FlaskClient) -> None:
    assert image_size(client, "/images/b/p1") == (600, 800)
    assert image_size(client, "/images/b/p1?thumbnail=1") == (180, 240)
    assert image_size(client, "/images/b/p1?box=100,300,400,40") == (200, 20)
    assert image_size(client, "/images/b/p1?box=1190,1590,999999,999999") == (5, 5)
    assert image_size(client, "/images/a/2") == (800, 1200)


@pytest.mark.parametrize("page", ["alone", "plain", "nothing", "../etc/passwd", "a"])
def test_what_has_no_image_is_not_found(client: FlaskClient, page: str) -> None:
    assert client.get(f"/images/{page}").status_code == 404


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "-1,0,5,5", "1,2,3,4,5", ""])
def test_a_bad_box_is_a_bad_request(client: FlaskClient, box: str) -> None:
    assert client.get(f"/images/b/p1?box={box}").status_code == 400


def test_images_outside_the_sources_are_not_read(pages: Path) -> None:
    secret = pages.with_name("secret.png")
    Image.new("RGB", (50, 50)).save(secret)
    for name in ("../secret.png", str(secret)):
        write_file(pages, "alone.json", {**OCR, "input_path": name})
    write_file(pages, "linked.json", OCR)
    (pages / "linked.png").symlink_to(secret)
    build_index([pages], index=pages.with_name("index"))
    client = create_app(index=pages.with_name("index")).test_client()
    for page in ("alone", "linked"):
        assert client.get(f"/images/{page}").status_code == 404


def test_images_of_a_declared_folder_are_read(pages: Path) -> None:
    (pages / "pages.toml").write_text('images = "scans"\n')
    (pages / "scans").mkdir()
    Image.new("RGB", (30, 40)).save(pages / "scans" / "alone.png")
    build_index([pages], index=pages.with_name("index"))
    client = create_app(index=pages.with_name("index")).test_client()
    assert image_size(client, "/images/alone") == (30, 40)


@pytest.mark.parametrize("content", [b"", b"not an image", b"\xff\xd8\xff" + b"x" * 99])
def test_a_damaged_image_is_not_found(pages: Path, content: bytes) -> None:
    (pages / "alone.png").write_bytes(content)
    build_index([pages], index=pages.with_name("index"))
    client = create_app(index=pages.with_name("index")).test_client()
    assert client.get("/images/alone").status_code == 404
    assert client.get("/pages/alone/sheet").status_code == 200


def test_results_show_a_strip_of_the_scan(client: FlaskClient) -> None:
    answer = client.get("/?q=两百本").get_data(as_text=True)
    (address, *_) = re.findall(r'<img src="(/images/b/p1[^"]+)"', answer)
    width, height = image_size(client, address.replace("&amp;", "&"))
    assert width > 2 * height
    assert "<img" not in client.get("/?q=到达").get_data(as_text=True)


def test_the_start_page_shows_thumbnails_of_scanned_pages(client: FlaskClient) -> None:
    answer = client.get("/").get_data(as_text=True)
    assert 'src="/images/b/p1?thumbnail=1"' in answer
    assert "/images/plain" not in answer
