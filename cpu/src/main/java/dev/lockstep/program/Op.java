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
 * An operation of a training step: what it reads, what it writes, and what follows for those who
 * need not know its kind.
 *
 * <p>To add one: a record here, its place in {@link StepProgram}, and a case in the switch of every
 * executor and of the bounds, where the compiler asks for it.
 */
public sealed interface Op {

  /** Operands. */
  List<Tensor> reads();

  /** Results. One that is read as well is changed in place. */
  List<Tensor> writes();

  /** What it is called in messages. */
  String label();

  /**
   * Axes of a result along which each element depends on all elements of an operand: the classes of
   * a softmax. Along its other axes an operation works on each index by itself.
   */
  default Set<Axis> couples() {
    return Set.of();
  }

  /** Axes whose size enters the arithmetic: the rows of a batch where a mean is taken. */
  default Set<Axis> counts() {
    return Set.of();
  }

  /** Whether it does nothing once the stop flag is set. */
  default boolean stops() {
    return false;
  }

  /** For a result, the operand or earlier result of its shape whose memory it may take over. */
  default Map<Tensor, Tensor> overlays() {
    return Map.of();
  }

  /**
   * Row i of x and of y is row rowNumbers[i] of the data.
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

  /** shifted = bias + noise; all 1 x N. */
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

  /** c = op(a) op(b). */
  record Product(ProductForm form, Tensor a, Tensor b, Tensor c) implements Op {

    /** m, n and k. */
    public ProductShape shape() {
      return new ProductShape(form, c.rows().size(), c.columns().size(), inner().size());
    }

    /** What is summed over. */
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

  /** z = product + bias, a = f(z); B x N, the bias 1 x N. Where nobody reads z, a lies over it. */
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
   * The loss of each row, and the gradient of their mean by the outputs.
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

  /** The mean of the row losses in binary64; if it is not finite, the flag is set for good. */
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
   * delta = upstream f'(z); all B x N.
   *
   * @param kept a, or z of an activation that keeps its input
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

  /** sums[j] = sum of delta[i][j] over i, ascending from +0: the gradient of a bias. */
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

  /** sums[j] = chain of fma(a[i][j], b[i][j], sum) over i, ascending from +0. */
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
   * Each element of a result from those of its operands at the same place. An operand of one row
   * stands for every row.
   *
   * @param operands as many as the formula has, of the result's columns
   * @param stopped the flag that keeps the result as it is, if one does
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
   * A new parameter and its new moments from a gradient, in place, unless the flag is set.
   *
   * @param by before it is known of which step
   * @param moments as many as the rule keeps
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
   * Two operations in one pass over memory, with the same bits.
   *
   * @param inner what the first hands to the second; it exists nowhere
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
