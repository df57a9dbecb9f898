#include "isp/io/cube_file.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr int kMostSize = 129;
constexpr std::uintmax_t kMostBytes = 256'000'000;
constexpr float kLargest = 1e6f;  // of a number; more is no color

class CubeReader {
 public:
  CubeReader(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  Lut3d read() {
    while (!text_.empty()) read_line(next_line());
    line_ = 0;
    if (lut_.size == 0) fail("has no LUT_3D_SIZE");
    for (std::size_t i = 0; i < 3; i++) {
      if (!(lut_.domain_min[i] < lut_.domain_max[i])) fail("has an empty domain: DOMAIN_MIN is not below DOMAIN_MAX");
    }
    if (lut_.nodes.size() != wanted_)
      fail("has " + std::to_string(lut_.nodes.size()) + " nodes, expected " + std::to_string(wanted_) + " of size " +
           std::to_string(lut_.size));
    return std::move(lut_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(std::string(source_) + (line_ > 0 ? ":" + std::to_string(line_) : "") + ": " + what);
  }

  std::string_view next_line() {
    line_++;
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    std::string_view line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return line;
  }

  /// Takes the next word off a line; empty at its end.
  static std::string_view word(std::string_view& line) {
    constexpr std::string_view kSpace = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
    const std::string_view out = line.substr(0, line.find_first_of(kSpace));
    line.remove_prefix(out.size());
    return out;
  }

  float number(std::string_view& line) const {
    const std::string_view text = word(line);
    float value = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || rest != text.data() + text.size() || !(std::abs(value) <= kLargest)) {
      fail(in_quotes(text) + ", expected a number");
    }
    return value;
  }

  std::array<float, 3> triple(std::string_view line) const {
    std::array<float, 3> out{};
    for (float& value : out) value = number(line);
    if (!word(line).empty()) fail("has more than three numbers");
    return out;
  }

  void read_line(std::string_view line) {
    std::string_view rest = line;
    const std::string_view first = word(rest);
    if (first.empty() || first.front() == '#') return;
    const char c = first.front();
    if ((c >= '0' && c <= '9') || c == '-' || c == '.') return read_node(line);
    if (!lut_.nodes.empty()) fail(in_quotes(first) + " after the first node");
    if (first == "TITLE") return;
    if (first == "LUT_3D_SIZE") return read_size(rest);
    if (first == "DOMAIN_MIN") return void(lut_.domain_min = triple(rest));
    if (first == "DOMAIN_MAX") return void(lut_.domain_max = triple(rest));
    if (first == "LUT_3D_INPUT_RANGE") return read_range(rest);
    if (first.starts_with("LUT_1D")) fail("is a one-dimensional table, expected LUT_3D_SIZE");
    fail(in_quotes(first) + " is no keyword of .cube files");
  }

  void read_range(std::string_view line) {
    const float low = number(line), high = number(line);
    lut_.domain_min = {low, low, low};
    lut_.domain_max = {high, high, high};
  }

  void read_size(std::string_view line) {
    if (lut_.size > 0) fail("LUT_3D_SIZE stands there twice");
    const float size = number(line);
    if (!(size >= 2 && size <= kMostSize) || size != std::floor(size) || !word(line).empty()) {
      fail("LUT_3D_SIZE is not a whole number from 2 to " + std::to_string(kMostSize));
    }
    lut_.size = static_cast<int>(size);
    wanted_ = static_cast<std::size_t>(lut_.size) * static_cast<std::size_t>(lut_.size) * static_cast<std::size_t>(lut_.size);
    constexpr std::size_t kShortestNode = 6;  // "0 0 0\n"; the last one needs no end of line
    if (text_.size() + 1 < kShortestNode * wanted_) fail("is too short for " + std::to_string(wanted_) + " nodes");
    lut_.nodes.reserve(wanted_);
  }

  void read_node(std::string_view line) {
    if (lut_.size == 0) fail("a node stands before LUT_3D_SIZE");
    if (lut_.nodes.size() == wanted_) fail("has more than " + std::to_string(wanted_) + " nodes");
    lut_.nodes.push_back(triple(line));
  }

  std::string_view text_, source_;
  Lut3d lut_;
  std::size_t wanted_ = 0;
  int line_ = 0;
};

}  // namespace

Lut3d parse_cube(std::string_view text, std::string_view source) { return CubeReader(text, source).read(); }

Lut3d load_cube(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (!file || failure) throw Error(path.string() + ": cannot be opened");
  if (size > kMostBytes) throw Error(path.string() + ": " + std::to_string(size) + " bytes are too many for a .cube file");
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) throw Error(path.string() + ": cannot be read");
  return parse_cube(text, path.string());
}

}  // namespace argent
