// tests/calibration/mutated_text.h - the bytes of a valid file, changed at random but always alike: the same generator, the same text.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace argent {

/// One to four times: a byte becomes another, up to 5 bytes become one of `pieces`, up to 39 go, or a digit becomes one of `pieces`.
inline std::string mutated_bytes(std::string text, std::span<const std::string_view> pieces, std::mt19937& random) {
  for (std::uint32_t n = 1 + random() % 4; n > 0 && !text.empty(); n--) {
    const std::size_t at = random() % text.size();
    const std::size_t length = std::min<std::size_t>(text.size() - at, random() % 6);
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.replace(at, length, pieces[random() % pieces.size()]);
        break;
      case 2:
        text.erase(at, random() % 40);
        break;
      default: {
        // A number somewhere becomes another one: the file stays well-formed.
        const std::size_t digit = text.find_first_of("0123456789", at);
        if (digit != std::string::npos) text.replace(digit, 1, pieces[random() % pieces.size()]);
      }
    }
  }
  return text;
}

/// One to three times: a line goes, comes twice, or changes places with another.
inline std::string mutated_lines(const std::string& text, std::mt19937& random) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
    lines.push_back(text.substr(at, end + 1 - at));
    at = end + 1;
  }
  for (std::uint32_t n = 1 + random() % 3; n > 0 && !lines.empty(); n--) {
    const std::size_t one = random() % lines.size(), other = random() % lines.size();
    const std::uint32_t what = random() % 3;
    if (what == 0) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(one));
    if (what == 1) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(other), std::string(lines[one]));
    if (what == 2) std::swap(lines[one], lines[other]);
  }
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

/// One or two of the values after ": " become one of `pieces`.
inline std::string mutated_values(std::string text, std::span<const std::string_view> pieces, std::mt19937& random) {
  for (std::uint32_t n = 1 + random() % 2; n > 0 && !text.empty(); n--) {
    const std::size_t colon = text.find(": ", random() % text.size());
    if (colon == std::string::npos) continue;
    const std::size_t end = std::min(text.find_first_of(",}\n", colon), text.size());
    text.replace(colon + 2, end - std::min(end, colon + 2), pieces[random() % pieces.size()]);
  }
  return text;
}

/// No end of a line, nothing that moves a terminal's cursor, and not endless: what a message may be.
inline bool is_one_line(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return !text.empty() && text.size() < 2000;
}

}  // namespace argent
