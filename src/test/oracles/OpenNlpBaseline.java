import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import opennlp.tools.doccat.BagOfWordsFeatureGenerator;
import opennlp.tools.doccat.DoccatFactory;
import opennlp.tools.doccat.DocumentCategorizerME;
import opennlp.tools.doccat.DocumentSample;
import opennlp.tools.doccat.FeatureGenerator;
import opennlp.tools.doccat.NGramFeatureGenerator;
import opennlp.tools.util.ObjectStreamUtils;
import opennlp.tools.util.TrainingParameters;

/**
 * OpenNLP's document categoriser (words and word pairs, maximum entropy) on the router's corpus.
 *
 * <pre>java -cp opennlp-tools-2.5.11.jar:slf4j-api-2.0.17.jar OpenNlpBaseline.java ../../main/corpus</pre>
 */
class OpenNlpBaseline {

  record Row(String text, String sector, String split) {}

  public static void main(String[] args) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (String folder : List.of("queries", "lexicon")) {
      try (Stream<Path> files = Files.list(Path.of(args[0], folder))) {
        for (Path file : files.sorted().toList()) {
          for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
            String[] c = line.split("\t", -1);
            rows.add(new Row(c[0], c[1], c.length > 4 ? c[4] : "train"));
          }
        }
      }
    }
    TrainingParameters parameters = TrainingParameters.defaultParams();
    parameters.put(TrainingParameters.CUTOFF_PARAM, 1);
    parameters.put(TrainingParameters.ITERATIONS_PARAM, 60);
    var samples =
        rows.stream()
            .filter(row -> row.split.equals("train"))
            .map(row -> new DocumentSample(row.sector, tokens(row.text)))
            .toList();
    var factory =
        new DoccatFactory(
            new FeatureGenerator[] {
              new BagOfWordsFeatureGenerator(), new NGramFeatureGenerator(2, 2)
            });
    var model =
        DocumentCategorizerME.train(
            "tr", ObjectStreamUtils.createObjectStream(samples), parameters, factory);
    var categoriser = new DocumentCategorizerME(model);
    for (String split : List.of("test", "hard")) {
      int n = 0;
      int right = 0;
      for (Row row : rows) {
        if (row.split.equals(split)) {
          n++;
          double[] scores = categoriser.categorize(tokens(row.text));
          right += categoriser.getBestCategory(scores).equals(row.sector) ? 1 : 0;
        }
      }
      System.out.printf(Locale.ROOT, "%s %d of %d = %.4f%n", split, right, n, (double) right / n);
    }
  }

  private static String[] tokens(String text) {
    return text.toLowerCase(Locale.forLanguageTag("tr")).split("[^\\p{L}\\p{N}]+");
  }
}
