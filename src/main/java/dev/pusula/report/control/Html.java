package dev.pusula.report.control;

/** Text inside markup. */
final class Html {

  private Html() {}

  /** Safe as content and as a quoted attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
