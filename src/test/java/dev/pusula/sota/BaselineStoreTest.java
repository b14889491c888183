package dev.pusula.sota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.benchmark.HistoryDatabase;
import dev.pusula.sota.control.BaselineFile;
import dev.pusula.sota.control.BaselineStore;
import dev.pusula.sota.entity.Baseline;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BaselineStoreTest {

  private BaselineStore store;

  @BeforeEach
  void empty() {
    store = new BaselineStore(HistoryDatabase.empty());
  }

  @Test
  void load_bundledTwice_isThereOnceAndEqual() {
    List<Baseline> bundled = BaselineFile.bundled();

    store.load(bundled);
    store.load(bundled);

    assertThat(store.find(null, null)).containsExactlyInAnyOrderElementsOf(bundled);
  }

  @Test
  void find_modelInAnyCase_andMetric_narrow() {
    store.load(BaselineFile.bundled());

    assertThat(store.find("gpt-4", null)).isNotEmpty().allMatch(b -> b.model().equals("GPT-4"));
    assertThat(store.find("GPT-4", "e2e.p95"))
        .isNotEmpty()
        .allMatch(b -> b.metric().equals("e2e.p95"));
    assertThat(store.find("GPT-5", null)).isEmpty();
  }
}
