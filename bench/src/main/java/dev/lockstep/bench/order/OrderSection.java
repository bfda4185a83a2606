package dev.lockstep.bench.order;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** The orders of addition, as drawings. */
public final class OrderSection implements Section {

  private record Shown(String source, String summary, List<Product> products) {}

  private record Product(
      String title, String verdict, String reason, int products, List<Drawn> trees) {}

  private record Drawn(String words, List<String> elements, TreePicture picture) {}

  @Override
  public String id() {
    return "orders";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(
        contents.all(OrderReport.class).stream()
            .map(
                each ->
                    new Shown(
                        each.source(),
                        each.result().summary(),
                        each.result().products().stream().map(OrderSection::product).toList()))
            .toList());
  }

  private static Product product(ProductOrder order) {
    List<Drawn> trees =
        order.trees().stream()
            .map(
                tree ->
                    new Drawn(
                        tree.words(),
                        tree.blocks().stream().map(order::words).toList(),
                        TreePicture.of(tree.tree())))
            .toList();
    return new Product(
        order.title(), order.verdict().name(), order.reason(), order.products(), trees);
  }
}
