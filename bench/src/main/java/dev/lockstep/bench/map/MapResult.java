package dev.lockstep.bench.map;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.bench.cells.LockstepFields;
import dev.lockstep.bench.page.Provenance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A map as it was run or read: what became of equal units at each width and batch.
 *
 * @param steps of each network; null if that was not kept
 * @param complete whether every network was run
 * @param environment a line for each fact
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MapResult(
    @Nullable Integer steps, boolean complete, List<String> environment, List<Row> rows) {

  /**
   * One network.
   *
   * @param threads null on a device
   * @param verdict AGREES, or why there is none
   * @param lockstep held, broken, did not move, not run
   * @param classes unit classes of each hidden layer
   * @param broken where lockstep broke first; null if it did not
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      String backend,
      @Nullable Integer threads,
      int width,
      int batch,
      String verdict,
      String lockstep,
      List<Integer> classes,
      @Nullable Break broken) {}

  /**
   * The first break.
   *
   * @param reason the orders in which the library adds the elements of two units; null if it is not
   *     known, as in maps of earlier versions
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Break(
      long step,
      int layer,
      int firstUnit,
      int lastUnit,
      String operation,
      @Nullable String reason) {

    /** Takes it from the fields of a network; null if lockstep did not break. */
    public static @Nullable Break of(LockstepFields lockstep) {
      return lockstep.step() != null
              && lockstep.layer() != null
              && lockstep.firstUnit() != null
              && lockstep.lastUnit() != null
              && lockstep.operation() != null
          ? new Break(
              lockstep.step(),
              lockstep.layer(),
              lockstep.firstUnit(),
              lockstep.lastUnit(),
              lockstep.operation(),
              lockstep.explanation())
          : null;
    }
  }

  /** Where it was made: each line of the environment is a name, two blanks or more, and a value. */
  public Provenance provenance() {
    Map<String, StringBuilder> facts = new LinkedHashMap<>();
    String last = "";
    for (String line : environment) {
      String[] parts = line.strip().split("\\s{2,}", 2);
      if (line.startsWith(" ") && facts.containsKey(last)) {
        facts.get(last).append(' ').append(line.strip());
      } else if (parts.length == 2) {
        last = parts[0];
        facts.put(last, new StringBuilder(parts[1]));
      }
    }
    Map<String, String> texts = new LinkedHashMap<>();
    facts.forEach((name, text) -> texts.put(name, text.toString()));
    return new Provenance(
        texts,
        List.of(command()),
        complete
            ? List.of()
            : List.of(
                new Provenance.Warned(
                    "partial", "The map was cut short; some networks are missing.")));
  }

  /** The command that runs the same networks. */
  private String command() {
    String threads = values(row -> row.threads() == null ? "" : String.valueOf(row.threads()));
    return "lockstep map --out DIR --backends "
        + values(Row::backend)
        + " --width "
        + values(row -> String.valueOf(row.width()))
        + " --batch "
        + values(row -> String.valueOf(row.batch()))
        + (threads.isEmpty() ? "" : " --threads " + threads)
        + (steps == null ? "" : " --steps " + steps);
  }

  private String values(Function<Row, String> value) {
    return rows.stream()
        .map(value)
        .filter(text -> !text.isEmpty())
        .distinct()
        .collect(Collectors.joining(","));
  }
}
