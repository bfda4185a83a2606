package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class JmhForkTest {
  private static final Case PRODUCT =
      Harness.PRODUCT.of(
          Map.of(Axis.BACKEND, "vector", Axis.SHAPE, "7x7x7", Axis.FORM, "AB", Axis.THREADS, "1"));

  @TempDir Path temp;

  private JmhFork.Outcome run(String classPath, Duration silence) {
    Pace pace = new Pace(0, 1, Duration.ofMillis(1), 1, 1, 1);
    return new JmhFork(pace, temp).run(PRODUCT, classPath, silence);
  }

  /** JMH starts its own main class by name, and finds this one first. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void aForkThatHangsIsEndedWithASentence() throws Exception {
    Path source = temp.resolve("ForkedMain.java");
    Files.writeString(
        source,
        """
        package org.openjdk.jmh.runner;

        public final class ForkedMain {
          public static void main(String[] arguments) throws InterruptedException {
            Thread.sleep(Long.MAX_VALUE);
          }
        }
        """);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", temp.toString(), source.toString()))
        .isZero();

    JmhFork.Outcome outcome =
        run(
            temp + File.pathSeparator + System.getProperty("java.class.path"),
            Duration.ofSeconds(2));

    assertThat(outcome)
        .isEqualTo(new JmhFork.Outcome.Failed("the JVM was ended because it said nothing for 2 s"));
    assertThat(ProcessHandle.current().children().filter(JmhForkTest::isFork)).isEmpty();
  }

  @Test
  void aForkThatSpeaksInTimeIsMeasured() {
    assertThat(run(System.getProperty("java.class.path"), Duration.ofMinutes(1)))
        .isInstanceOf(JmhFork.Outcome.Measured.class);
  }

  private static boolean isFork(ProcessHandle child) {
    return child.info().commandLine().orElse("").contains("-Dlockstep.verification=");
  }
}
