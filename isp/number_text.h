// isp/number_text.h - private: numbers as people and files have them.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <type_traits>

namespace argent {

/// The shortest text that reads back equal; without an exponent where people write none.
template <class Number>
std::string shortest_text(Number value) {
  std::array<char, 64> text;
  char* end = nullptr;
  if constexpr (std::is_floating_point_v<Number>) {
    const bool plain = value == 0 || (std::abs(value) >= Number(1e-5) && std::abs(value) < Number(1e9));
    end = std::to_chars(text.data(), text.data() + text.size(), value, plain ? std::chars_format::fixed : std::chars_format::general).ptr;
  } else {
    end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  }
  return {text.data(), end};
}

}  // namespace argent
