// models/runtime/quoted_text.h - private: what a stranger wrote, fit for one line of an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace argent {

/// At most 60 characters, none of which moves a terminal's cursor.
inline std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string line(text.substr(0, kLongest));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text.size() > kLongest ? line + "..." : line;
}

/// The same in quotes.
inline std::string in_quotes(std::string_view text) { return "\"" + shown(text) + "\""; }

}  // namespace argent
