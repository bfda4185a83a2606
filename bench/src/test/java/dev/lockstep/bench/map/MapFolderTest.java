package dev.lockstep.bench.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Printable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of a map, written and read back. Damage is in {@code hostile-inputs.txt}. */
final class MapFolderTest {

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBack() {
    WrittenMap.write(folder);
    assertThat(MapFolder.read(folder))
        .isEqualTo(new MapResult(WrittenMap.STEPS, true, WrittenMap.ENVIRONMENT, WrittenMap.ROWS));
  }

  private static Provenance provenance(Path folder) {
    Contents contents = new Contents();
    MapFolder.addTo(contents, "mine", folder);
    assertThat(contents.all(MapResult.class))
        .extracting(Contents.Named::source)
        .containsExactly("mine");
    return contents.all(Provenance.class).getFirst().result();
  }

  @Test
  void theEnvironmentIsNamesAndValues() {
    WrittenMap.write(folder);
    assertThat(provenance(folder).facts())
        .containsExactly(
            Map.entry("processor", "P, two cores"), Map.entry("GPU", "none: no driver at all"));
    assertThat(provenance(folder).warnings()).isEmpty();
  }

  @Test
  void aMapThatWasCutShortSaysSo() {
    WrittenMap.write(folder, "partial");
    assertThat(MapFolder.read(folder).complete()).isFalse();
    assertThat(provenance(folder).warnings())
        .extracting(Provenance.Warned::code)
        .containsExactly("partial");
  }

  static Stream<String> texts() {
    return Stream.of("a,b", "a \"b\"", " a ", "'a", "\u00e9\u202e", "1,2\"3\"");
  }

  /** Text that means something in CSV. */
  @ParameterizedTest
  @MethodSource("texts")
  void anOperationMayBeAnyText(String operation) throws Exception {
    WrittenMap.write(folder);
    MapResult.Row row =
        new MapResult.Row(
            "vector",
            1,
            7,
            33,
            "AGREES",
            "broken",
            List.of(2),
            new MapResult.Break(1, 1, 1, 1, operation, operation));
    Path csv = folder.resolve(MapFolder.CSV);
    byte[] sound = Files.readAllBytes(csv);
    Files.writeString(csv, String.join("\n", MapFolder.csv(List.of(row))) + "\n", UTF_8);
    declare(sound, Files.readAllBytes(csv));
    MapResult.Break read =
        Objects.requireNonNull(MapFolder.read(folder).rows().getFirst().broken());
    assertThat(read.operation()).isEqualTo(Printable.of(operation));
    assertThat(read.reason()).isEqualTo(Printable.of(operation));
  }

  @Test
  void aMapOfEarlierVersionsHasNoReasons() throws Exception {
    WrittenMap.write(folder);
    Path csv = folder.resolve(MapFolder.CSV);
    byte[] sound = Files.readAllBytes(csv);
    Files.writeString(
        csv,
        """
        backend,threads,width,batch,verdict,lockstep,classes,step,layer,first-unit,last-unit,operation
        openblas,1,7,33,AGREES,broken,2 1,1,1,4,6,forward product
        """);
    declare(sound, Files.readAllBytes(csv));
    MapResult.Row row = MapFolder.read(folder).rows().getFirst();
    assertThat(Objects.requireNonNull(row.broken()).reason()).isNull();
  }

  private void declare(byte[] sound, byte[] other) throws Exception {
    Path manifest = folder.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace(Sha256.of(sound), Sha256.of(other)));
  }

  @Test
  void tooManyRowsAreRefused() throws Exception {
    WrittenMap.write(folder);
    Path csv = folder.resolve(MapFolder.CSV);
    byte[] sound = Files.readAllBytes(csv);
    Files.writeString(
        csv,
        String.join("\n", MapFolder.csv(Collections.nCopies(10_001, WrittenMap.ROWS.getFirst()))));
    declare(sound, Files.readAllBytes(csv));
    assertThatThrownBy(() -> MapFolder.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("map.csv: rows is 10001, expected at most 10000");
  }

  /** A fact on millions of lines takes no time that grows with their square. */
  @Test
  void aLongFactIsReadInTime() {
    List<String> lines = new ArrayList<>(List.of("GPU  none"));
    lines.addAll(Collections.nCopies(2_000_000, "  at all"));
    Provenance provenance =
        assertTimeoutPreemptively(
            Duration.ofMinutes(1), new MapResult(null, true, lines, List.of())::provenance);
    assertThat(provenance.facts().get("GPU")).hasSize(4 + 7 * 2_000_000);
  }
}
