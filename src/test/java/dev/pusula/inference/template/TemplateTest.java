package dev.pusula.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against transformers, whose texts {@code src/test/oracles/chat_template_fixtures.py} recorded.
 */
@Tag("locale")
class TemplateTest {

  private static final Path FIXTURES = Path.of("src/test/resources/inference/chat");
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 9, 7, 5, 2);
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<JsonNode> cases() throws IOException {
    JsonNode all = JSON.readTree(FIXTURES.resolve("cases.json").toFile());
    return StreamSupport.stream(all.spliterator(), false);
  }

  static Stream<JsonNode> constructs() throws IOException {
    JsonNode all = JSON.readTree(FIXTURES.resolve("constructs.json").toFile());
    return StreamSupport.stream(all.get("constructs").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void render_ofAFamilysTemplate_isWhatTransformersRenders(JsonNode row) throws IOException {
    Map<String, Object> variables = variables(row.get("tokens"));
    variables.putAll(variables(row));
    String source = Files.readString(FIXTURES.resolve(row.get("family").asText() + ".jinja"));
    Template template = Template.parse(source);
    if (row.has("text")) {
      assertThat(template.render(variables, NOW)).isEqualTo(row.get("text").asText());
    } else {
      assertThatThrownBy(() -> template.render(variables, NOW))
          .isInstanceOf(TemplateException.class)
          .hasMessage(row.get("error").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("constructs")
  void render_ofOneConstruct_isWhatTransformersRenders(JsonNode row) throws IOException {
    JsonNode context = JSON.readTree(FIXTURES.resolve("constructs.json").toFile()).get("context");
    String source = row.get("template").asText();
    if (row.has("text")) {
      assertThat(render(source, variables(context))).isEqualTo(row.get("text").asText());
    } else {
      assertThatThrownBy(() -> render(source, variables(context)))
          .isInstanceOf(TemplateException.class);
    }
  }

  private static Map<String, Object> variables(JsonNode json) {
    Map<String, Object> variables = JSON.convertValue(json, new TypeReference<>() {});
    variables.put("add_generation_prompt", true);
    variables.put("tools", null);
    variables.put("documents", null);
    return variables;
  }

  private static String render(String source, Map<String, Object> variables) {
    return Template.parse(source).render(variables, NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ 'aaaaaaaaaa' }}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for a in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for a in range(99) %}{% set ns.x = ns.x.replace('a', 'aa') %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{{ 'a' * 99999999999 }}",
        "{{ '' * 99999999999 }}{{ 9 ** 99999999999 }}",
        "{{ range(99999999999) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}"
      })
  void render_withoutEnd_isRefused(String source) {
    Template template = Template.parse(source);
    assertThatThrownBy(() -> template.render(new HashMap<>(), NOW))
        .isInstanceOf(TemplateException.class);
  }

  @Test
  void parse_ofDeepBrackets_isRefused() {
    String[] deep = {
      "{{ " + "(".repeat(100_000) + " }}",
      "{{ " + "-".repeat(100_000) + "1 }}",
      "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
      "{% if 1 %}".repeat(100_000)
    };
    for (String source : deep) {
      assertThatThrownBy(() -> render(source, new HashMap<>()))
          .isInstanceOf(TemplateException.class);
    }
  }

  @Test
  void parse_ofAMistake_namesItsLine() {
    assertThatThrownBy(() -> Template.parse("a\n{% if x %}\n{{ 'y' | nonsense }}"))
        .hasMessage("line 3: No filter named 'nonsense'.");
  }

  /** Jinja2 knows these; a model whose template needs one is better refused than misread. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% with a = 1 %}{% endwith %}",
        "{% call m() %}{% endcall %}",
        "{% filter upper %}{% endfilter %}",
        "{% include 'a' %}",
        "{% for a in b recursive %}{% endfor %}",
        "{{ a | batch(2) }}",
        "{{ a is escaped }}"
      })
  void parse_ofWhatIsNotSupported_isRefused(String source) {
    assertThatThrownBy(() -> Template.parse(source)).isInstanceOf(TemplateException.class);
  }

  @Test
  void parse_ofALongString_isRead() {
    String text = "ş".repeat(100_000);
    assertThat(render("{{ '" + text + "' }}", new HashMap<>())).isEqualTo(text);
  }
}
