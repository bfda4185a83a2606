package dev.lockstep.program;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Axis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An operation of a training step. It declares which tensors it reads and writes, and the
 * properties that readers need without knowing its kind.
 *
 * <p>To add one, add a record here, write it in {@code StepBuilder}, and add a case to the switch
 * of every executor and of the bounds, where the compiler asks for it.
 */
public sealed interface Op {

  /** The operands. */
  List<Tensor> reads();

  /** The results. A tensor that is both read and written is updated in place. */
  List<Tensor> writes();

  /** The name of the operation in messages. */
  String label();

  /**
   * Returns the axes along which each element of a result depends on all elements of an operand,
   * such as the classes of a softmax. Along all other axes of its results an operation treats each
   * index independently.
   */
  default Set<Axis> couples() {
    return Set.of();
  }

  /** Returns the axes whose size enters the arithmetic, such as the rows of a batch in a mean. */
  default Set<Axis> counts() {
    return Set.of();
  }

  /** Returns whether the operation does nothing once the stop flag is set. */
  default boolean stops() {
    return false;
  }

  /** Maps a result to the operand or earlier result of the same shape whose memory it may reuse. */
  default Map<Tensor, Tensor> overlays() {
    return Map.of();
  }

  /**
   * Copies row rowNumbers[i] of the data to row i of x and its label to row i of y.
   *
   * @param rowNumbers B x 1
   * @param x B x features
   * @param y labels, B x 1
   */
  record Gather(Tensor rowNumbers, Tensor x, Tensor y) implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(rowNumbers);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(x, y);
    }

    @Override
    public String label() {
      return "gathering of rows";
    }
  }

  /** Computes shifted = bias + noise; all are 1 x N. */
  record ShiftBias(Tensor bias, Tensor noise, Tensor shifted) implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(bias, noise);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(shifted);
    }

    @Override
    public String label() {
      return "noise";
    }
  }

  /** Computes c = op(a) op(b). */
  record Product(ProductForm form, Tensor a, Tensor b, Tensor c) implements Op {

    /** Returns the shape: m, n and k. */
    public ProductShape shape() {
      return new ProductShape(form, c.rows().size(), c.columns().size(), inner().size());
    }

    /** Returns the axis that the product sums over. */
    public Axis inner() {
      return form == ProductForm.ATB ? a.rows() : a.columns();
    }

    @Override
    public List<Tensor> reads() {
      return List.of(a, b);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(c);
    }

    @Override
    public String label() {
      return switch (form) {
        case AB -> "forward product";
        case ABT -> "backward product";
        case ATB -> "weight gradient";
      };
    }
  }

  /**
   * Computes z = product + bias and a = f(z). The bias is 1 x N, the others are B x N. If no
   * operation reads z, a may overwrite it.
   */
  record BiasActivation(Activation activation, Tensor product, Tensor bias, Tensor z, Tensor a)
      implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(product, bias);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(z, a);
    }

    @Override
    public String label() {
      return "activation";
    }

    @Override
    public Map<Tensor, Tensor> overlays() {
      return Map.of(z, product, a, z);
    }
  }

  /**
   * Computes the loss of each row, and the gradient of the mean loss with respect to the outputs.
   *
   * @param outputs B x classes
   * @param labels B x 1
   * @param rowLoss B x 1
   * @param delta B x classes
   */
  record Loss(
      dev.lockstep.model.Loss loss, Tensor outputs, Tensor labels, Tensor rowLoss, Tensor delta)
      implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(outputs, labels);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(rowLoss, delta);
    }

    @Override
    public String label() {
      return "loss";
    }

    @Override
    public Set<Axis> couples() {
      return Set.of(outputs.columns());
    }

    @Override
    public Set<Axis> counts() {
      return Set.of(outputs.rows());
    }
  }

  /** Computes the mean loss in binary64, and sets the stop flag for good if it is not finite. */
  record Stop(Tensor rowLoss, Tensor stopped) implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(rowLoss, stopped);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(stopped);
    }

    @Override
    public String label() {
      return "mean loss";
    }
  }

  /**
   * Computes delta = upstream f'(z); all are B x N.
   *
   * @param kept z if the activation keeps its input, else a
   */
  record Derivative(Activation activation, Tensor upstream, Tensor kept, Tensor delta)
      implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(upstream, kept);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(delta);
    }

    @Override
    public String label() {
      return "derivative";
    }

    @Override
    public Map<Tensor, Tensor> overlays() {
      return Map.of(delta, upstream);
    }
  }

  /** Computes the gradient of a bias: sums[j] = sum of delta[i][j] over i, ascending from +0. */
  record ColumnSums(Tensor delta, Tensor sums) implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(delta);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(sums);
    }

    @Override
    public String label() {
      return "bias gradient";
    }
  }

  /** Computes sums[j] as a chain of fma(a[i][j], b[i][j], sum) over i, ascending from +0. */
  record ColumnProducts(String label, Tensor a, Tensor b, Tensor sums) implements Op {
    @Override
    public List<Tensor> reads() {
      return List.of(a, b);
    }

    @Override
    public List<Tensor> writes() {
      return List.of(sums);
    }
  }

  /**
   * Computes each element of a result from the elements of its operands at the same place. An
   * operand of one row is used for every row.
   *
   * @param operands as many as the formula has, each with the result's columns
   * @param stopped the flag that, once set, leaves the result as it is; empty if there is none
   */
  record Elementwise(
      String label, Formula formula, List<Tensor> operands, Tensor result, Optional<Tensor> stopped)
      implements Op {
    public Elementwise {
      operands = List.copyOf(operands);
    }

    @Override
    public List<Tensor> reads() {
      return Stream.concat(operands.stream(), stopped.stream()).toList();
    }

    @Override
    public List<Tensor> writes() {
      return List.of(result);
    }

    @Override
    public boolean stops() {
      return stopped.isPresent();
    }

    @Override
    public Map<Tensor, Tensor> overlays() {
      return operands.contains(result)
          ? Map.of()
          : operands.stream()
              .filter(operand -> operand.rows().equals(result.rows()))
              .findFirst()
              .map(operand -> Map.of(result, operand))
              .orElse(Map.of());
    }
  }

  /**
   * Updates a parameter and its moments in place from a gradient, unless the stop flag is set.
   *
   * @param by the numbers of the update, not yet adapted to a step
   * @param moments one tensor for each of the rule's moments
   */
  record Update(
      dev.lockstep.model.Update by,
      Tensor parameter,
      Tensor gradient,
      List<Tensor> moments,
      Tensor stopped)
      implements Op {
    public Update {
      moments = List.copyOf(moments);
    }

    @Override
    public List<Tensor> reads() {
      List<Tensor> all = new ArrayList<>(List.of(parameter, gradient, stopped));
      all.addAll(moments);
      return all;
    }

    @Override
    public List<Tensor> writes() {
      List<Tensor> all = new ArrayList<>(List.of(parameter));
      all.addAll(moments);
      return all;
    }

    @Override
    public boolean stops() {
      return true;
    }

    @Override
    public String label() {
      return "update";
    }
  }

  /**
   * Two operations in one pass over memory, with the bits of running one after the other.
   *
   * @param inner the tensor that the first would write and the second read; it is never stored
   */
  record Fused(Op first, Op second, Tensor inner) implements Op {
    @Override
    public List<Tensor> reads() {
      Set<Tensor> all = new LinkedHashSet<>(first.reads());
      all.addAll(second.reads());
      all.remove(inner);
      return List.copyOf(all);
    }

    @Override
    public List<Tensor> writes() {
      Set<Tensor> all = new LinkedHashSet<>(first.writes());
      all.addAll(second.writes());
      all.remove(inner);
      return List.copyOf(all);
    }

    @Override
    public String label() {
      return first.label() + " and " + second.label();
    }

    @Override
    public Set<Axis> couples() {
      return union(first.couples(), second.couples());
    }

    @Override
    public Set<Axis> counts() {
      return union(first.counts(), second.counts());
    }

    @Override
    public Map<Tensor, Tensor> overlays() {
      Map<Tensor, Tensor> all = new HashMap<>(second.overlays());
      first.overlays().forEach(all::putIfAbsent);
      all.keySet().remove(inner);
      all.values().remove(inner);
      return all;
    }

    private static Set<Axis> union(Set<Axis> a, Set<Axis> b) {
      Set<Axis> all = new LinkedHashSet<>(a);
      all.addAll(b);
      return all;
    }
  }
}
