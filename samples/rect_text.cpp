#include "samples/rect_text.h"

#include <array>
#include <charconv>
#include <optional>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

/// Four numbers with these characters between them.
std::optional<std::array<int, 4>> numbers_between(std::string_view text, std::string_view separators) {
  std::array<int, 4> numbers{};
  const char *at = text.data(), *const end = at + text.size();
  for (std::size_t i = 0; i < numbers.size(); i++) {
    if (i > 0 && (at == end || *at++ != separators[i - 1])) return std::nullopt;
    const auto [rest, failure] = std::from_chars(at, end, numbers[i]);
    if (failure != std::errc() || numbers[i] < 0 || numbers[i] > kMaxSide) return std::nullopt;
    at = rest;
  }
  return at == end ? std::optional(numbers) : std::nullopt;
}

}  // namespace

Rect rect_from_text(std::string_view text, std::string_view source) {
  Rect rect;
  if (const auto n = numbers_between(text, ",,,")) {
    rect = {(*n)[0], (*n)[1], (*n)[2], (*n)[3]};
  } else if (const auto g = numbers_between(text, "x++")) {
    rect = {(*g)[2], (*g)[3], (*g)[0], (*g)[1]};
  }
  if (rect.width < 1 || rect.height < 1) throw Error(source, " ", in_quotes(text), ": expected X,Y,W,H or WxH+X+Y, in whole pixels");
  return rect;
}

std::string to_text(Rect rect) {
  return std::to_string(rect.x) + "," + std::to_string(rect.y) + "," + std::to_string(rect.width) + "," + std::to_string(rect.height);
}

void check_inside(Rect part, Size whole, std::string_view source) {
  if (part.x >= 0 && part.y >= 0 && part.width <= whole.width - part.x && part.height <= whole.height - part.y) return;
  throw Error(source, " ", to_text(part), ": lies outside of the picture of ", whole, " pixels");
}

}  // namespace argent
