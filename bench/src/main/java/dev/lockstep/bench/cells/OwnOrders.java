package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.order.ProbeLimit;
import dev.lockstep.bench.order.RevealedOrders;
import dev.lockstep.bench.order.RevealedProduct;
import dev.lockstep.bench.order.Revelation;
import dev.lockstep.bench.order.Unrevealed;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The orders in which the libraries of a check add, as far as there is time to reveal them, and the
 * replays of their steps.
 *
 * <p>They are revealed before the first cell, the smallest shapes of each form first, each library
 * in turn. What that and the replays may take in all is one limit; a shape for which no time was
 * left is judged by bounds and statistics alone.
 */
public final class OwnOrders implements AutoCloseable {

  private static final int MOST_PRODUCTS = 1_000_000;

  /** Of the time for all, what revealing may take, and what replays after that. */
  private static final double REVEALING = 0.5;

  private static final double REPLAYING = 0.8;

  /** How much time is spent on orders. */
  public enum Effort {
    /** None. */
    NONE(0),
    /** At most ten seconds. */
    USUAL(TimeUnit.SECONDS.toNanos(10)),
    /** At most a minute, in a map, which takes many. */
    OF_MAP(TimeUnit.MINUTES.toNanos(1)),
    /** As much as it takes. */
    THOROUGH(Long.MAX_VALUE);

    private final long nanos;

    Effort(long nanos) {
      this.nanos = nanos;
    }
  }

  /** What is known of an order. */
  public enum State {
    /** The trees of all elements. */
    REVEALED,
    /** They cannot be revealed. */
    NOT_REVEALED,
    /** There was no time to reveal them. */
    LEFT
  }

  /**
   * What is known of the order of one product of a library.
   *
   * @param trees the number of different trees; 0 if they are not known
   * @param evidence why the order is not known; empty if it is
   */
  public record Known(
      String backend, ProductShape shape, State state, int trees, String evidence) {}

  private final Effort effort;
  private final RevealedOrders orders = new RevealedOrders();
  private final Explanations explanations;
  private final Map<Backend, List<Known>> known = new LinkedHashMap<>();
  private final List<OwnOrder> replays = new ArrayList<>();
  private long spent;
  private long began;

  public OwnOrders(Effort effort) {
    this.effort = effort;
    explanations = new Explanations(orders, until(1));
  }

  /** The effort for a product, until a share of the time for all is spent. */
  private ProbeLimit until(double share) {
    return new ProbeLimit(
        MOST_PRODUCTS, () -> spent + System.nanoTime() - began >= share * effort.nanos);
  }

  /** Does work that counts as spent. */
  <T> T timed(Supplier<T> work) {
    began = System.nanoTime();
    try {
      return work.get();
    } finally {
      spent += System.nanoTime() - began;
    }
  }

  /** Whether the time for replays is up too. */
  boolean timeIsUp() {
    return spent >= REPLAYING * effort.nanos;
  }

  /**
   * Reveals the orders of the libraries among the backends.
   *
   * @param shapes the products of all cells
   * @param revealed called after each
   */
  public void reveal(
      List<Backend> backends,
      Resources resources,
      LostDevice lost,
      Collection<ProductShape> shapes,
      Runnable revealed) {
    List<Backend> libraries = libraries(backends);
    for (ProductShape shape : smallestFirst(shapes)) {
      for (Backend backend : libraries) {
        known
            .computeIfAbsent(backend, _ -> new ArrayList<>())
            .add(timed(() -> revealed(backend, resources, lost, shape)));
        revealed.run();
      }
    }
  }

  /** Returns the backends whose orders there is time to reveal. */
  public List<Backend> libraries(List<Backend> backends) {
    return effort == Effort.NONE
        ? List.of()
        : backends.stream()
            .filter(each -> each.kind().isLibrary() && each.elementBytes() == Float.BYTES)
            .toList();
  }

  private Known revealed(
      Backend backend, Resources resources, LostDevice lost, ProductShape shape) {
    Revelation revelation = revelation(backend, resources, lost, shape);
    return switch (revelation) {
      case RevealedProduct product ->
          new Known(backend.name(), shape, State.REVEALED, product.classes().size(), "");
      case Unrevealed(Unrevealed.Reason reason, String evidence, _) ->
          new Known(
              backend.name(),
              shape,
              reason == Unrevealed.Reason.BUDGET ? State.LEFT : State.NOT_REVEALED,
              0,
              reason.words() + ": " + evidence);
    };
  }

  private Revelation revelation(
      Backend backend, Resources resources, LostDevice lost, ProductShape shape) {
    try {
      lost.requirePresent(backend);
      return orders.of(backend, resources, shape, until(REVEALING));
    } catch (UnavailableException | BackendFault e) {
      lost.note(backend, "while its order was revealed", e);
      return new Unrevealed(Unrevealed.Reason.FAILED, String.valueOf(e.getMessage()), 0);
    }
  }

  /** Returns all different shapes: the smallest of each form, then the next of each. */
  private static List<ProductShape> smallestFirst(Collection<ProductShape> shapes) {
    Map<ProductForm, List<ProductShape>> byForm = new EnumMap<>(ProductForm.class);
    shapes.stream()
        .distinct()
        .sorted(Comparator.comparingDouble(s -> (double) s.sizeOfC() * s.k()))
        .forEach(s -> byForm.computeIfAbsent(s.form(), _ -> new ArrayList<>()).add(s));
    List<ProductShape> ordered = new ArrayList<>();
    for (int next = 0;
        ordered.size() < byForm.values().stream().mapToInt(List::size).sum();
        next++) {
      for (List<ProductShape> ofForm : byForm.values()) {
        if (next < ofForm.size()) {
          ordered.add(ofForm.get(next));
        }
      }
    }
    return ordered;
  }

  /** Returns the replays of one backend's steps in a cell; empty if it has no orders. */
  Optional<OwnOrder> of(Backend backend, Resources resources) {
    if (!known.containsKey(backend)) {
      return Optional.empty();
    }
    OwnOrder own = new OwnOrder(this, orders, backend, resources);
    replays.add(own);
    return Optional.of(own);
  }

  /** Explains broken lockstep, as far as time allows. */
  public LockstepState explained(
      Backend backend, Resources resources, LostDevice lost, LockstepState state) {
    return effort == Effort.NONE
        ? state
        : timed(() -> explanations.explained(backend, resources, lost, state));
  }

  /** Returns what is known at the end. */
  public Summary summary() {
    return new Summary(
        known.values().stream().flatMap(List::stream).toList(),
        replays.stream().mapToInt(OwnOrder::products).sum(),
        replays.stream().mapToInt(OwnOrder::replayed).sum(),
        replays.stream().mapToLong(OwnOrder::elements).sum());
  }

  /**
   * What a check found out about orders.
   *
   * @param known a line for each library and shape
   * @param products the products of judged steps
   * @param replayed how many of them are those of their replay
   * @param elements how many of their elements were replayed
   */
  public record Summary(List<Known> known, int products, int replayed, long elements) {
    /** Of a check that did not ask. */
    public static final Summary NONE = new Summary(List.of(), 0, 0, 0);

    public Summary {
      known = List.copyOf(known);
    }

    /** Returns the number of products in a state. */
    public long count(State state) {
      return known.stream().filter(each -> each.state() == state).count();
    }
  }

  @Override
  public void close() {
    orders.close();
  }
}
