package dev.pusula.routing.control;

import dev.pusula.balancing.LoadBalancing;
import dev.pusula.balancing.Replica;
import dev.pusula.routing.control.InvalidConfigurationException.Fault;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.RoutingConfiguration.BenchmarkTargets;
import dev.pusula.routing.entity.RoutingConfiguration.Settings;
import dev.pusula.routing.entity.Sector;
import dev.pusula.text.Skeleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads {@code sectors.yaml}. Works on YAML's nodes and not on plain values, because nodes know
 * their lines; collects every fault, because whoever mends a file wants all of them at once.
 */
public final class SectorsFile {

  /** The sectors file that the product brings. */
  static final String BUILT_IN = "sectors.yaml";

  private static final int VERSION_LENGTH = 12;

  private static final Set<Tag> NUMBERS = Set.of(Tag.INT, Tag.FLOAT);

  private final List<Fault> faults = new ArrayList<>();

  private SectorsFile() {}

  /**
   * Reads a file.
   *
   * @param file its path; null for the one that the product brings
   * @throws InvalidConfigurationException if it cannot be read, or with line, field and rule of
   *     each fault
   */
  public static RoutingConfiguration load(@Nullable String file) {
    String name = file == null ? BUILT_IN : file;
    try {
      return parse(name, file == null ? builtIn() : Files.readString(Path.of(file)));
    } catch (NoSuchFileException e) {
      throw unreadable(name, "there is no such file");
    } catch (CharacterCodingException e) {
      throw unreadable(name, "is not UTF-8");
    } catch (IOException | InvalidPathException e) {
      throw unreadable(name, "cannot be read: " + e.getMessage());
    }
  }

  private static InvalidConfigurationException unreadable(String name, String detail) {
    return new InvalidConfigurationException(name, List.of(new Fault(0, 0, "", detail)));
  }

  private static String builtIn() throws IOException {
    try (InputStream in = SectorsFile.class.getResourceAsStream("/" + BUILT_IN)) {
      if (in == null) {
        throw new IOException("it is missing in the archive");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Parses a file's text.
   *
   * @param file its name, for the message
   * @throws InvalidConfigurationException with line, field and rule of each fault
   */
  public static RoutingConfiguration parse(String file, String yaml) {
    SectorsFile reader = new SectorsFile();
    RoutingConfiguration configuration = reader.read(yaml);
    if (configuration == null || !reader.faults.isEmpty()) {
      throw new InvalidConfigurationException(
          file,
          reader.faults.stream()
              .sorted(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column))
              .toList());
    }
    return configuration;
  }

  private @Nullable RoutingConfiguration read(String yaml) {
    Optional<Node> document;
    try {
      document =
          new Compose(
                  LoadSettings.builder().setLabel("sectors").setMaxAliasesForCollections(0).build())
              .composeString(yaml);
    } catch (MarkedYamlEngineException e) {
      fault(e.getProblemMark(), "", "not valid YAML: " + e.getProblem());
      return null;
    } catch (YamlEngineException e) {
      fault(Optional.empty(), "", "not valid YAML: " + e.getMessage());
      return null;
    }
    if (document.isEmpty()) {
      fault(Optional.empty(), "", "the file is empty");
      return null;
    }
    Fields root = new Fields(document.get(), "");
    Settings settings = settings(root.mapping("router"));
    BenchmarkTargets targets = targets(root.mapping("benchmarks"));
    List<Sector> sectors = sectors(root);
    root.refuseUnknown();
    return settings == null || targets == null || !faults.isEmpty()
        ? null
        : new RoutingConfiguration(settings, targets, sectors, version(yaml));
  }

  private @Nullable Settings settings(Fields router) {
    int before = faults.size();
    String adapter = router.text("default_adapter");
    double threshold =
        router.number("fallback_threshold", value -> value >= 0 && value <= 1, "a number in 0…1");
    int experts =
        (int)
            router.number(
                "max_experts_per_token",
                value -> value >= 1 && value <= Settings.MOST_EXPERTS && value == Math.rint(value),
                "an integer in 1…" + Settings.MOST_EXPERTS);
    String policy = router.text("load_balancing");
    Optional<LoadBalancing> balancing = LoadBalancing.of(policy);
    if (!policy.isEmpty() && balancing.isEmpty()) {
      router.fault(
          "load_balancing",
          "must be one of "
              + Arrays.stream(LoadBalancing.values()).map(LoadBalancing::id).toList()
              + ", not "
              + policy);
    }
    router.refuseUnknown();
    return faults.size() > before || !router.present || balancing.isEmpty()
        ? null
        : new Settings(adapter, threshold, experts, balancing.get());
  }

  private @Nullable BenchmarkTargets targets(Fields benchmarks) {
    int before = faults.size();
    DoublePredicate positive = value -> value > 0 && value < Double.POSITIVE_INFINITY;
    double latency = benchmarks.number("target_latency_ms", positive, "a number above 0");
    double rate = benchmarks.number("target_requests_per_second", positive, "a number above 0");
    double memory = benchmarks.number("max_memory_gb", positive, "a number above 0");
    double gpu =
        benchmarks.number(
            "target_gpu_utilisation",
            value -> value > 0 && value <= 1,
            "a number above 0 and at most 1");
    benchmarks.refuseUnknown();
    return faults.size() > before || !benchmarks.present
        ? null
        : new BenchmarkTargets(latency, rate, memory, gpu);
  }

  private List<Sector> sectors(Fields root) {
    List<Sector> sectors = new ArrayList<>();
    Map<String, Integer> lineOfId = new HashMap<>();
    for (Fields fields : root.mappings("sectors")) {
      int before = faults.size();
      String id = fields.text("id");
      String name = fields.text("name");
      String description = fields.text("description");
      String adapter = fields.text("adapter");
      int priority =
          (int)
              fields.number(
                  "priority",
                  value -> value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value),
                  "an integer of at least 1");
      List<String> keywords = keywords(fields);
      List<Replica> replicas = fields.has("replicas") ? replicas(fields) : List.of();
      fields.refuseUnknown();
      Integer earlier = id.isEmpty() ? null : lineOfId.putIfAbsent(id, fields.line());
      if (earlier != null) {
        fields.fault("id", id + " is taken already by the sector in line " + earlier);
      }
      if (faults.size() == before) {
        try {
          sectors.add(new Sector(id, name, description, adapter, priority, keywords, replicas));
        } catch (IllegalArgumentException e) {
          fields.fault("id", String.valueOf(e.getMessage()));
        }
      }
    }
    return sectors;
  }

  /** A name, or a mapping of name and weight. */
  private static List<Replica> replicas(Fields fields) {
    List<Replica> replicas = new ArrayList<>();
    for (Fields replica : fields.mappingsOrTexts("replicas", "name")) {
      String name = replica.text("name");
      double weight =
          replica.has("weight")
              ? replica.number(
                  "weight",
                  value -> value > 0 && value <= Replica.MOST_WEIGHT,
                  "a number above 0 and at most " + Replica.MOST_WEIGHT)
              : 1;
      replica.refuseUnknown();
      if (!name.isEmpty() && weight > 0) {
        replicas.add(new Replica(name, weight));
      }
    }
    return replicas;
  }

  private static List<String> keywords(Fields fields) {
    List<String> keywords = fields.texts("keywords");
    Set<List<String>> seen = new HashSet<>();
    for (String keyword : keywords) {
      List<String> tokens = Skeleton.tokens(keyword);
      if (tokens.isEmpty()) {
        fields.fault("keywords", "'" + keyword + "' has neither letter nor digit");
      } else if (!seen.add(tokens)) {
        fields.fault("keywords", "'" + keyword + "' stands there twice, diacritics and case aside");
      }
    }
    return keywords;
  }

  private static String version(String yaml) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(yaml.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, VERSION_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void fault(Optional<Mark> place, String field, String detail) {
    faults.add(
        new Fault(
            place.map(mark -> mark.getLine() + 1).orElse(0),
            place.map(mark -> mark.getColumn() + 1).orElse(0),
            field,
            detail));
  }

  /**
   * The fields of one mapping; each that is read is ticked off, so that the rest can be refused.
   */
  private final class Fields {

    private final String path;
    private final Optional<Mark> place;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Set<String> read = new HashSet<>();
    private final boolean present;

    Fields(@Nullable Node node, String path) {
      this(node, node == null ? Optional.empty() : node.getStartMark(), path);
    }

    private Fields(@Nullable Node node, Optional<Mark> place, String path) {
      this.path = path;
      this.place = place;
      this.present = node instanceof MappingNode;
      if (node instanceof MappingNode mapping) {
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            SectorsFile.this.fault(
                tuple.getKeyNode().getStartMark(), path, "a field's name must be a plain text");
          } else if (values.put(key.getValue(), tuple.getValueNode()) != null) {
            SectorsFile.this.fault(key.getStartMark(), at(key.getValue()), "is given twice");
          }
        }
      } else if (node != null) {
        SectorsFile.this.fault(place, path, "must be a mapping");
      }
    }

    int line() {
      return place.map(mark -> mark.getLine() + 1).orElse(0);
    }

    boolean has(String field) {
      return values.containsKey(field);
    }

    Fields mapping(String field) {
      return new Fields(require(field), at(field));
    }

    List<Fields> mappings(String field) {
      List<Fields> all = new ArrayList<>();
      List<Node> items = sequence(field);
      for (int i = 0; i < items.size(); i++) {
        all.add(new Fields(items.get(i), at(field) + "[" + i + "]"));
      }
      return all;
    }

    /** Where an item is a plain text, it is the value of {@code only}. */
    List<Fields> mappingsOrTexts(String field, String only) {
      List<Fields> all = new ArrayList<>();
      List<Node> items = sequence(field);
      for (int i = 0; i < items.size(); i++) {
        String path = at(field) + "[" + i + "]";
        if (isText(items.get(i))) {
          Fields fields = new Fields(null, items.get(i).getStartMark(), path);
          fields.values.put(only, items.get(i));
          all.add(fields);
        } else {
          all.add(new Fields(items.get(i), path));
        }
      }
      return all;
    }

    List<String> texts(String field) {
      List<String> all = new ArrayList<>();
      for (Node item : sequence(field)) {
        if (isText(item) && item instanceof ScalarNode scalar) {
          all.add(scalar.getValue());
        } else {
          SectorsFile.this.fault(item.getStartMark(), at(field), "must hold texts only");
        }
      }
      return all;
    }

    String text(String field) {
      Node node = require(field);
      if (isText(node) && node instanceof ScalarNode scalar) {
        return scalar.getValue().strip();
      }
      if (node != null) {
        fault(field, "must be a text that is not blank");
      }
      return "";
    }

    double number(String field, DoublePredicate rule, String wanted) {
      Node node = require(field);
      if (node == null) {
        return Double.NaN;
      }
      try {
        double value =
            node instanceof ScalarNode scalar && NUMBERS.contains(scalar.getTag())
                ? Double.parseDouble(scalar.getValue())
                : Double.NaN;
        if (rule.test(value)) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Infinities of YAML; told below like every other text.
      }
      fault(
          field,
          "must be "
              + wanted
              + (node instanceof ScalarNode scalar ? ", not " + scalar.getValue() : ""));
      return Double.NaN;
    }

    void refuseUnknown() {
      values.forEach(
          (field, node) -> {
            if (!read.contains(field)) {
              fault(field, "is not a field here; known are " + read.stream().sorted().toList());
            }
          });
    }

    void fault(String field, String detail) {
      Node node = values.get(field);
      SectorsFile.this.fault(node == null ? place : node.getStartMark(), at(field), detail);
    }

    private List<Node> sequence(String field) {
      Node node = require(field);
      if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
        return sequence.getValue();
      }
      if (node != null) {
        fault(field, "must be a list with at least one entry");
      }
      return List.of();
    }

    private @Nullable Node require(String field) {
      read.add(field);
      Node node = values.get(field);
      if (node == null && present) {
        SectorsFile.this.fault(place, at(field), "is missing");
      }
      return node;
    }

    private String at(String field) {
      return path.isEmpty() ? field : path + "." + field;
    }
  }

  /** Numbers pass, because 112 and 5G are keywords alike; null and blank do not. */
  private static boolean isText(@Nullable Node node) {
    return node instanceof ScalarNode scalar
        && !scalar.getTag().equals(Tag.NULL)
        && !scalar.getValue().isBlank();
  }
}
