package dev.pusula.routing.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledFileTest {

  private static final Set<String> LABELS = Set.of("insurance", "legal", "general");

  @TempDir private Path folder;

  @Test
  void columns_areFoundByName_inAnyOrder_othersAreSkipped() throws IOException {
    Path file =
        write(
            "a.tsv", "\uFEFFid\tsector\ttext\talso\n1\tinsurance\tkasko nedir\tlegal, general\n\n");
    assertThat(LabelledFile.read(file, LABELS))
        .containsExactly(
            new LabelledText("kasko nedir", "insurance", List.of("legal", "general"), "", ""));
  }

  @Test
  void fileWithoutHeader_isReadInTheUsualOrder() throws IOException {
    Path file = write("a.tsv", "\uFEFFkasko nedir\tinsurance\tlegal\nmerhaba\tgeneral\t\n");
    assertThat(LabelledFile.read(file, LABELS))
        .containsExactly(
            new LabelledText("kasko nedir", "insurance", List.of("legal"), "", ""),
            new LabelledText("merhaba", "general", List.of(), "", ""));
  }

  @Test
  void folder_isReadInOrderOfNames() throws IOException {
    write("b.tsv", "text\tsector\nikinci\tlegal\n");
    write("a.tsv", "text\tsector\tstyle\tsplit\nbirinci\tgeneral\tsearch\ttest\n");
    write("notes.txt", "nothing");
    assertThat(LabelledFile.read(folder, LABELS))
        .extracting(LabelledText::text)
        .containsExactly("birinci", "ikinci");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "text;label~x;y                    | no column 'sector'",
        "text;sector~kasko;insurnce        | line 2: there is no sector 'insurnce'",
        "text;sector~kasko                 | line 2: 1 columns where the header has 2",
        "text;sector~a;legal~ ;legal       | line 3: the text is blank",
        "text;sector;also~a;legal;nowhere  | line 2: there is no sector 'nowhere'",
      })
  void brokenFile_isToldWithItsLine(String content, String told) throws IOException {
    Path file = write("bad.tsv", content.replace(';', '\t').replace('~', '\n'));
    assertThatThrownBy(() -> LabelledFile.read(file, LABELS))
        .isInstanceOf(LabelledFile.InvalidFileException.class)
        .hasMessageContaining("bad.tsv")
        .hasMessageContaining(told);
  }

  @Test
  void missingEmptyOrForeignFile_isTold() throws IOException {
    assertThatThrownBy(() -> LabelledFile.read(folder.resolve("none.tsv"), LABELS))
        .hasMessageContaining("there is no file");
    Path empty = write("empty.tsv", "");
    assertThatThrownBy(() -> LabelledFile.read(empty, LABELS)).hasMessageContaining("is empty");
    Path latin = folder.resolve("latin.tsv");
    Files.write(latin, new byte[] {'t', (byte) 0xFD, '\n'});
    assertThatThrownBy(() -> LabelledFile.read(latin, LABELS)).hasMessageContaining("not UTF-8");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
