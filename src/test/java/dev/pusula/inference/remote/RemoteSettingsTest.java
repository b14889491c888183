package dev.pusula.inference.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pusula.balancing.LoadBalancing;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteSettingsTest {

  @Test
  void noUrls_isNoBackend() {
    assertThat(read(Map.of())).isEmpty();
    assertThat(read(Map.of("pusula.remote.urls", " "))).isEmpty();
  }

  @Test
  void properties_areRead() {
    RemoteSettings settings =
        read(Map.of(
                "pusula.remote.urls", "http://127.0.0.1:8000/v1/, https://gpu-b/v1",
                "pusula.remote.model", "qwen",
                "pusula.remote.api-key", "secret",
                "pusula.remote.connect-timeout", "0.5s",
                "pusula.remote.first-byte-timeout", "PT2M",
                "pusula.remote.policy", "performance_weighted",
                "pusula.remote.context-length", "8192",
                "pusula.remote.max-in-flight", "7"))
            .orElseThrow();
    assertThat(settings.urls())
        .containsExactly(URI.create("http://127.0.0.1:8000/v1"), URI.create("https://gpu-b/v1"));
    assertThat(settings.model()).isEqualTo("qwen");
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.firstByteTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.policy()).isEqualTo(LoadBalancing.PERFORMANCE_WEIGHTED);
    assertThat(settings.contextLength()).isEqualTo(8192);
    assertThat(settings.maxInFlight()).isEqualTo(7);
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "pusula.remote.urls, not a url",
    "pusula.remote.urls, ftp://a/v1",
    "pusula.remote.urls, http://user:secret@a/v1",
    "pusula.remote.urls, http://a/v1?key=secret",
    "pusula.remote.connect-timeout, soon",
    "pusula.remote.connect-timeout, 0s",
    "pusula.remote.policy, secret",
    "pusula.remote.context-length, 0",
    "pusula.remote.max-in-flight, many",
  })
  void valueThatCannotBeUsed_isToldByItsName(String name, String value) {
    Map<String, String> properties =
        name.endsWith("urls")
            ? Map.of(name, value)
            : Map.of("pusula.remote.urls", "http://a/v1", name, value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(properties))
        .withMessageContaining(name);
  }

  @Test
  void credentials_areNeverTold() {
    for (Map<String, String> properties :
        new Map[] {
          Map.of("pusula.remote.urls", "http://user:pass word@a"),
          Map.of("pusula.remote.urls", "http://user:password@a/v1"),
          Map.of("pusula.remote.urls", "http://a/v1", "pusula.remote.api-key", "pass\nword")
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read(properties))
          .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("pass"));
    }
  }

  private static Optional<RemoteSettings> read(Map<String, String> properties) {
    return RemoteSettings.read(name -> Optional.ofNullable(properties.get(name)));
  }
}
