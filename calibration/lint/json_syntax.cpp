#include "calibration/lint/json_syntax.h"

namespace argent {

void check_json_syntax(std::string_view text, LintReport& report) {
  int line = 1, comma_line = 0;  // 0: the last thing was no comma
  bool in_text = false, told = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (c == '\n') line++;
    if (in_text) {
      if (c == '\\') i++;
      if (c == '"') in_text = false;
      continue;
    }
    if (c == '#') {
      if (!told) report.warning(line, "a comment is not JSON: libcamera reads over it, strict readers refuse the file");
      told = true;
      while (i + 1 < text.size() && text[i + 1] != '\n') i++;
    } else if (c == ',') {
      comma_line = line;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      if (comma_line != 0 && (c == ']' || c == '}')) {
        report.warning(comma_line,
                       std::string("a comma before ") + c + " is not JSON: libcamera reads over it, strict readers refuse the file");
      }
      comma_line = 0;
      in_text = c == '"';
    }
  }
}

}  // namespace argent
