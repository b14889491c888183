package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.engine.AdapterRegistry.Use;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AdapterRegistryTest {

  /** The scheduler's own thread gives adapters back: it must never wait for a file. */
  @Test
  void readingAnAdapter_holdsUpNobodyWhoUsesAnother(@TempDir Path home) throws Exception {
    Path quick = Files.createDirectory(home.resolve("quick"));
    Path slow = Files.createDirectory(home.resolve("slow"));
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AdapterRegistry registry =
        new AdapterRegistry(
            folder -> {
              if (folder.equals(slow)) {
                reading.countDown();
                await(go);
              }
              return new LoraAdapter(folder.toString(), new OneByte(), 1);
            },
            10);
    registry.load("quick", quick);
    CompletableFuture<?> loaded = CompletableFuture.runAsync(() -> registry.load("slow", slow));
    assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 3; i++) {
      Use use = registry.use("quick").orElseThrow();
      use.close();
    }
    assertThat(registry.served()).hasSize(1);
    assertThat(loaded).isNotDone();
    go.countDown();
    loaded.get(10, TimeUnit.SECONDS);
    assertThat(registry.served()).hasSize(2);
  }

  /** Room for one of two: each use of the other reads it again, once for all who wait. */
  @Test
  void adapterOutOfMemory_isReadOnceForAllWhoNeedIt(@TempDir Path home) throws Exception {
    Path a = Files.createDirectory(home.resolve("a"));
    Path b = Files.createDirectory(home.resolve("b"));
    AdapterRegistry registry =
        new AdapterRegistry(folder -> new LoraAdapter(folder.toString(), new OneByte(), 1), 1);
    registry.load("a", a);
    registry.load("b", b);
    assertThat(registry.loads()).isEqualTo(2);
    CompletableFuture<?>[] users = new CompletableFuture<?>[8];
    for (int i = 0; i < users.length; i++) {
      users[i] =
          CompletableFuture.runAsync(
              () -> {
                Use use = registry.use("a").orElseThrow();
                assertThat(use.adapter().name()).isEqualTo(a.toString());
              });
    }
    CompletableFuture.allOf(users).get(10, TimeUnit.SECONDS);
    assertThat(registry.loads()).isEqualTo(3);
    assertThat(registry.evictions()).isEqualTo(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record OneByte() implements Device.Adapter {
    @Override
    public long bytes() {
      return 1;
    }

    @Override
    public void close() {}
  }
}
