package dev.pusula.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.launch.RouteCommand;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Tag("locale")
class RouteCommandTest {

  private static final String SECTORS = "src/test/resources/routing/sectors.yaml";

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Each reading is 2.5 µs after the one before. */
  private final AtomicLong nanos = new AtomicLong();

  /** Evidence banka, faiz, kredi: 3 / (0.5 + 3) = 0.857. */
  @Test
  void text_isToldWithSectorAdaptersReasonAndNext() {
    assertThat(
            run(
                "--keywords",
                "--sectors",
                SECTORS,
                "Banka kredisi almak istiyorum, faiz oranları nedir?"))
        .isZero();
    assertThat(out.toString().lines())
        .startsWith(
            "sector    finance_banking 0.86",
            "adapters  finance_banking_adapter 0.86, general_adapter 0.14",
            "reason    finance_banking, not general: banka +0.29, faiz +0.29, kredi +0.29",
            "next      general 0.14")
        .last()
        .asString()
        .matches("time {6}2\\.5 µs, configuration [0-9a-f]{12}, model keywords");
  }

  /** ödeme is shared: 0.5 each; kredi 1: 1.5 / 2.5 and 0.5 / 2.5. */
  @Test
  void text_withTwoSectors_namesTheNext() {
    assertThat(run("--keywords", "--sectors", SECTORS, "kredi ödemesi")).isZero();
    assertThat(out.toString())
        .contains("sector    finance_banking 0.60", "next      ecommerce 0.20");
  }

  @Test
  void file_withHeader_givesOneJsonLineARow() throws IOException {
    Path file = write("text\tsector\nkasko\tinsurance\n\nhava nasıl\tgeneral\n");
    assertThat(run("--keywords", "--sectors", SECTORS, "--file", file.toString(), "--json"))
        .isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode first = Json.mapper().readTree(lines.get(0));
    assertThat(first.fieldNames())
        .toIterable()
        .containsExactly("text", "sector", "score", "candidates", "adapters", "fallback", "micros");
    assertThat(first.get("text").asText()).isEqualTo("kasko");
    assertThat(first.get("sector").asText()).isEqualTo("insurance");
    assertThat(first.get("candidates").get(0).get("sector").asText()).isEqualTo("insurance");
    assertThat(first.get("adapters").get(1).get("adapter").asText()).isEqualTo("general_adapter");
    assertThat(first.get("micros").asDouble()).isEqualTo(2.5);
    JsonNode second = Json.mapper().readTree(lines.get(1));
    assertThat(second.get("fallback").asBoolean()).isTrue();
    assertThat(second.get("sector").asText()).isEqualTo("general");
  }

  @Test
  void file_withoutHeader_withByteOrderMark_losesNoRow() throws IOException {
    Path file = write("\uFEFFkasko\ntext\n");
    assertThat(run("--keywords", "--sectors", SECTORS, "--file", file.toString(), "--json"))
        .isZero();
    assertThat(out.toString().lines())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("{\"text\":\"kasko\""),
            two -> assertThat(two).startsWith("{\"text\":\"text\""));
  }

  @Test
  void missingOrForeignFile_isTold() throws IOException {
    Path latin = directory.resolve("latin.tsv");
    Files.write(latin, new byte[] {'k', (byte) 0xFD, '\n'});
    assertThat(run("--keywords", "--sectors", SECTORS, "--file", latin.toString())).isEqualTo(1);
    assertThat(err.toString()).isEqualTo(latin + " is not UTF-8");
    assertThat(run("--sectors", "no.yaml", "kasko")).isEqualTo(1);
    assertThat(err.toString()).contains("no.yaml").endsWith("there is no such file");
  }

  @Test
  void brokenSectorsFile_isToldWithEachFault() throws IOException {
    Path broken = write(Files.readString(Path.of(SECTORS)).replace("priority: 2", "priority: 0"));
    assertThat(run("--sectors", broken.toString(), "kasko")).isEqualTo(1);
    assertThat(err.toString()).contains("sectors[1].priority", "sectors[2].priority", "line");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void neitherTextNorFile_orBoth_isWrongUsage() {
    assertThat(run("--sectors", SECTORS)).isEqualTo(2);
    assertThat(run("--keywords", "--sectors", SECTORS, "kasko", "--file", "x.tsv")).isEqualTo(2);
  }

  private Path write(String content) throws IOException {
    return Files.writeString(directory.resolve("file"), content);
  }

  private int run(String... arguments) {
    CommandLine line =
        new CommandLine(new RouteCommand(() -> nanos.getAndAdd(2_500)))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(
                (failure, command, result) -> {
                  command.getErr().print(failure.getMessage());
                  command.getErr().flush();
                  return 1;
                });
    return line.execute(arguments);
  }
}
