// Lucene as a peer of speed.py: `java -cp 'LIB/*' Lucene.java FOLDER`.
// Where the folder holds no index, standard input begins with the paragraphs, a line of words each,
// and an empty line. Every further line is a query, `and`, `or` or `phrase` and its words separated
// by tabs; the answer is the total and the CPU milliseconds of the ten best hits and that total.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

class Lucene {
  public static void main(String[] arguments) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Directory directory = new MMapDirectory(Path.of(arguments[0]))) {
      if (!DirectoryReader.indexExists(directory)) {
        build(directory, input);
      }
      System.out.println("ready");
      answer(directory, input);
    }
  }

  static void build(Directory directory, BufferedReader input) throws Exception {
    var config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setRAMBufferSizeMB(256);
    try (var writer = new IndexWriter(directory, config)) {
      for (String line = input.readLine(); !line.isEmpty(); line = input.readLine()) {
        var document = new Document();
        document.add(new TextField("words", line, Field.Store.YES));
        writer.addDocument(document);
      }
      writer.commit();
    }
  }

  static void answer(Directory directory, BufferedReader input) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    var searcher = new IndexSearcher(DirectoryReader.open(directory));
    searcher.setSimilarity(new BM25Similarity(0.9f, 0.6f));
    searcher.setQueryCache(null);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      long began = threads.getCurrentThreadCpuTime();
      var every = new TopScoreDocCollectorManager(10, Integer.MAX_VALUE);
      TopDocs found = searcher.search(parse(line), every);
      long spent = threads.getCurrentThreadCpuTime() - began;
      System.out.println(found.totalHits.value + "\t" + spent / 1e6);
    }
  }

  static Query parse(String line) {
    String[] fields = line.split("\t");
    String[] words = Arrays.copyOfRange(fields, 1, fields.length);
    if (fields[0].equals("phrase")) {
      return new PhraseQuery("words", words);
    }
    var occurs = fields[0].equals("and") ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD;
    var query = new BooleanQuery.Builder();
    for (String word : words) {
      query.add(new TermQuery(new Term("words", word)), occurs);
    }
    return query.build();
  }
}
