package dev.lockstep.bench;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Loss;
import dev.lockstep.scenario.DataSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;

/**
 * The words that a shell may complete the value of a flag with. Each list has a class of its own
 * because picocli takes a class.
 */
public abstract class Words implements Iterable<String> {

  private final String list;

  /**
   * @param list as help has it: {@code zero, constant:X, equal}; forms with a parameter are no
   *     words
   */
  protected Words(String list) {
    this.list = list;
  }

  @Override
  public final Iterator<String> iterator() {
    return Arrays.stream(list.split(", ")).filter(word -> word.matches("[\\w-]+")).iterator();
  }

  /** {@code --activation}. */
  public static final class Activations extends Words {
    Activations() {
      super(Activation.LABELS);
    }
  }

  /** {@code --loss}. */
  public static final class Losses extends Words {
    Losses() {
      super(Loss.LABELS);
    }
  }

  /** {@code --init}. */
  public static final class Initializations extends Words {
    Initializations() {
      super(Initialization.FORMS);
    }
  }

  /** {@code --data}. */
  public static final class Data extends Words {
    Data() {
      super(DataSource.FORMS);
    }
  }

  /** {@code --backend} and {@code --backends}. */
  public static final class Names extends Words {
    Names() {
      super(Backends.all().stream().map(Backend::name).collect(Collectors.joining(", ")));
    }
  }
}
