package dev.lockstep.bench.order;

import dev.lockstep.bench.report.ForeignText;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the picture of a tree as an SVG file that stands alone. */
final class TreeSvg {

  private static final String STYLE =
      "text{font:11px sans-serif;text-anchor:middle;dominant-baseline:central;fill:#1b1d1f}"
          + ".background{fill:#fff}.fused{fill:#9cc3e4}.rounded{fill:#f2b591}.mixed{fill:#d9c7ea}"
          + ".exact{fill:#b9dcc0}.dense{fill:#b8bcc0}.sum{fill:#1b1d1f}.fused_sum{fill:#a3131b}"
          + ".edge{stroke:#565c62;stroke-width:1}";

  private TreeSvg() {}

  /**
   * Draws a tree.
   *
   * @param title what the tree belongs to
   */
  static byte[] of(AdditionTree tree, String title) {
    TreePicture picture = TreePicture.of(tree);
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter svg = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      svg.writeStartDocument("UTF-8", "1.0");
      svg.writeStartElement("svg");
      svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
      svg.writeAttribute("viewBox", "0 0 " + picture.width() + " " + picture.height());
      svg.writeAttribute("width", String.valueOf(picture.width()));
      svg.writeAttribute("role", "img");
      element(svg, "title", ForeignText.xml(title));
      element(svg, "desc", ForeignText.xml(TreeWords.of(tree)));
      element(svg, "style", STYLE);
      svg.writeEmptyElement("rect");
      svg.writeAttribute("class", "background");
      svg.writeAttribute("width", "100%");
      svg.writeAttribute("height", "100%");
      for (TreePicture.Mark mark : picture.marks()) {
        mark(svg, mark);
      }
      svg.writeEndElement();
      svg.writeEndDocument();
      svg.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void element(XMLStreamWriter svg, String name, String content)
      throws XMLStreamException {
    svg.writeStartElement(name);
    svg.writeCharacters(content);
    svg.writeEndElement();
  }

  private static void mark(XMLStreamWriter svg, TreePicture.Mark mark) throws XMLStreamException {
    switch (mark.form()) {
      case BAR -> begin(svg, mark, "rect", "x", "y", "width", "height");
      case DOT -> begin(svg, mark, "ellipse", "cx", "cy", "rx", "ry");
      case TEXT -> begin(svg, mark, "text", "x", "y", "dx", "dy");
      case LINE -> {
        svg.writeStartElement("line");
        svg.writeAttribute("class", "edge");
        svg.writeAttribute("x1", String.valueOf(mark.x()));
        svg.writeAttribute("y1", String.valueOf(mark.y()));
        svg.writeAttribute("x2", String.valueOf(mark.x() + mark.dx()));
        svg.writeAttribute("y2", String.valueOf(mark.y() + mark.dy()));
      }
    }
    if (mark.form() == TreePicture.Form.TEXT) {
      svg.writeCharacters(mark.text());
    } else if (!mark.text().isEmpty()) {
      element(svg, "title", mark.text());
    }
    svg.writeEndElement();
  }

  private static void begin(
      XMLStreamWriter svg,
      TreePicture.Mark mark,
      String name,
      String x,
      String y,
      String dx,
      String dy)
      throws XMLStreamException {
    svg.writeStartElement(name);
    svg.writeAttribute("class", mark.role().name().toLowerCase(Locale.ROOT));
    svg.writeAttribute(x, String.valueOf(mark.x()));
    svg.writeAttribute(y, String.valueOf(mark.y()));
    svg.writeAttribute(dx, String.valueOf(mark.dx()));
    svg.writeAttribute(dy, String.valueOf(mark.dy()));
  }
}
