package dev.lockstep.bench.cells;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.input.InputException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LockstepState} as fields, for JSON. All fields but the state are null where the state
 * has none.
 *
 * @param state what became of units that started equal
 * @param classes unit classes of the layer that broke
 * @param explanation why a library's product set units apart; null if nobody asked
 * @param classesBySign of lockstep that was held: unit classes of a layer if -0 differs from +0
 * @param reason why the units did not move
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LockstepFields(
    State state,
    @JsonSetter(nulls = Nulls.SET) @Nullable Long step,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer layer,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer units,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer firstUnit,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer lastUnit,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer classes,
    @JsonSetter(nulls = Nulls.SET) @Nullable String operation,
    @JsonSetter(nulls = Nulls.SET) @Nullable String explanation,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer classesBySign,
    @JsonSetter(nulls = Nulls.SET) @Nullable String reason) {

  /** The kinds of {@link LockstepState}. */
  public enum State {
    /** One class in every hidden layer. */
    HELD,
    /** Several classes in a hidden layer. */
    BROKEN,
    /** The units hardly moved. */
    DID_NOT_MOVE,
    /** Units did not start equal, noise separates them, or the backend could not run. */
    NOT_ASKED
  }

  /** Splits a state into fields. */
  public static LockstepFields of(LockstepState lockstep) {
    return switch (lockstep) {
      case LockstepState.Held(int bySign) ->
          new LockstepFields(
              State.HELD, null, null, null, null, null, null, null, null, bySign, null);
      case LockstepState.Broken broken ->
          new LockstepFields(
              State.BROKEN,
              broken.step(),
              broken.layer(),
              broken.units(),
              broken.firstUnit(),
              broken.lastUnit(),
              broken.classes(),
              broken.operation(),
              broken.explanation().isEmpty() ? null : broken.explanation(),
              null,
              null);
      case LockstepState.DidNotMove(String reason) ->
          new LockstepFields(
              State.DID_NOT_MOVE, null, null, null, null, null, null, null, null, null, reason);
      case LockstepState.NotAsked _ ->
          new LockstepFields(
              State.NOT_ASKED, null, null, null, null, null, null, null, null, null, null);
    };
  }

  /**
   * Checks fields that were read.
   *
   * @param source the file that they are from
   * @throws InputException if units came apart, but not where
   */
  public void require(String source) {
    if (state == State.BROKEN
        && Stream.of(step, layer, units, firstUnit, lastUnit, classes, operation)
            .anyMatch(Objects::isNull)) {
      throw new InputException(
          source,
          "lockstep",
          state,
          "expected step, layer, units, first-unit, last-unit, classes and operation beside it");
    }
  }

  /** The state as a word of a table: held, broken, did not move, not run. */
  public String word() {
    return switch (state) {
      case HELD -> "held";
      case BROKEN -> "broken";
      case DID_NOT_MOVE -> "did not move";
      case NOT_ASKED -> "not run";
    };
  }
}
