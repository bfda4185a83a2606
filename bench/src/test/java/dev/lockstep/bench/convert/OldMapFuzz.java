package dev.lockstep.bench.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.FuzzedFolder;
import java.util.List;
import java.util.Map;

/**
 * The files of a map without a manifest, converted, for a coverage-guided fuzzer: an input is the
 * content of one; the others are sound.
 */
public enum OldMapFuzz implements FuzzTarget {
  ROWS(
      "map.csv",
      """
      backend,threads,width,batch,verdict,lockstep,classes,step,layer,first-unit,last-unit,operation
      libtorch,2,7,1,AGREES,broken,2 2,1,2,4,6,backward product and derivative
      libtorch,2,8,1,AGREES,held,1 1,,,,,
      """),
  ENVIRONMENT("environment.txt", "processor  P, two cores\n"),
  TABLES(
      "map.txt",
      """
      most unit classes of a hidden layer after 200 steps: 1 lockstep held; - not looked at

      libtorch, 2 threads
       width \\ batch     1    33
                   7     2     -
      """);

  private static final FuzzedFolder FOLDER =
      new FuzzedFolder(
          "-old-map", FuzzedFolder.texts(values(), each -> each.file, each -> each.text));

  private final String file;
  private final String text;

  OldMapFuzz(String file, String text) {
    this.file = file;
    this.text = text;
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(text.getBytes(UTF_8));
  }

  @Override
  public void accept(byte[] input) {
    FOLDER.check(Map.of(file, input), input.length, Converted::of);
  }
}
