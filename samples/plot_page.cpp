#include "samples/plot_page.h"

#include <fstream>
#include <sstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr const char* kScript = "/usr/share/javascript/dygraphs/dygraph.min.js";
constexpr const char* kStyle = "/usr/share/javascript/dygraphs/dygraph.min.css";

std::string text_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(std::string(path) + ": cannot be read; the plots need Debian's package libjs-dygraphs");
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

}  // namespace

std::string html_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string plot_page(std::string_view title, std::string_view body, const PageParts& more) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" +
      html_of(title) + "</title>\n<style>" + text_of_file(kStyle) +
      "\nbody{font:15px/1.4 sans-serif;margin:2em;max-width:1500px}pre{background:#f4f4f4;padding:1em;overflow-x:auto}"
      ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(440px,1fr));gap:1.5em}"
      "figure{margin:0}figcaption{margin-bottom:.3em}.plot{width:100%;height:220px}\n";
  out += std::string(more.style) + "</style>\n<script>" + text_of_file(kScript) + "</script>\n";
  out += "<script>" + std::string(more.script) + "</script>\n";
  return out + "</head><body>\n" + std::string(body) + "</body></html>\n";
}

}  // namespace argent
