package dev.lockstep.bench.order;

import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.input.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The folder of {@code order --svg}: a drawing of each tree, and a list of them. */
final class DrawnOrders {

  /** What each file shows; written last. */
  static final String LIST = "trees.txt";

  static final OutputFolder.Form FORM =
      new OutputFolder.Form(LIST, Set.of(), "expected an empty one");

  private DrawnOrders() {}

  static void write(OrderReport report, OutputFolder folder) {
    List<String> lines = new ArrayList<>();
    List<String> written = new ArrayList<>();
    try {
      for (ProductOrder product : report.products()) {
        for (ProductOrder.Tree tree : product.trees()) {
          String file = String.format(Locale.ROOT, "%04d.svg", written.size() + 1);
          String title = product.title() + ", " + product.words(tree.blocks().getFirst());
          written.add(file);
          folder.write(file, TreeSvg.of(tree.tree(), title));
          lines.add(file + "  " + title + ": " + tree.words());
        }
      }
      String list = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
      folder.write(LIST, list.getBytes(StandardCharsets.UTF_8));
      folder.keep();
    } catch (InputException e) {
      written.forEach(folder::delete);
      throw e;
    }
  }
}
