#include "camera/live/raw_layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Name = std::pair<std::string_view, CfaPattern>;
// The long ones first: "R10" is monochrome.
constexpr std::array<Name, 5> kPatterns{{{"SRGGB", CfaPattern::kRggb},
                                         {"SGRBG", CfaPattern::kGrbg},
                                         {"SGBRG", CfaPattern::kGbrg},
                                         {"SBGGR", CfaPattern::kBggr},
                                         {"R", CfaPattern::kMonochrome}}};
constexpr std::string_view kPacked = "_CSI2P";
constexpr std::array kUnpackedBits{8, 10, 12, 14, 16};
constexpr std::array kPackedBits{10, 12, 14};

std::optional<RawLayout> parsed(std::string_view format) {
  RawLayout layout;
  layout.packed = format.ends_with(kPacked);
  if (layout.packed) format.remove_suffix(kPacked.size());
  for (const auto& [prefix, cfa] : kPatterns) {
    if (!format.starts_with(prefix)) continue;
    format.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(format.data(), format.data() + format.size(), layout.bits);
    const auto bits = layout.packed ? std::span<const int>(kPackedBits) : std::span<const int>(kUnpackedBits);
    if (error != std::errc() || end != format.data() + format.size()) return std::nullopt;
    if (std::find(bits.begin(), bits.end(), layout.bits) == bits.end()) return std::nullopt;
    layout.cfa = cfa;
    return layout;
  }
  return std::nullopt;
}

}  // namespace

RawLayout raw_layout(std::string_view format) {
  if (const auto layout = parsed(format)) return *layout;
  const std::string text(format);
  if (text.find("PISP") != std::string::npos || text.find("COMP") != std::string::npos) {
    throw Error("buffers of format " + text + " are compressed for the camera's own ISP: ask for unpacked ones, e.g. --format SRGGB16");
  }
  if (text.find("IPU3") != std::string::npos) {
    throw Error("buffers of format " + text + " are packed for Intel's IPU3 (25 pixels in 32 bytes), which can't be read yet");
  }
  throw Error("format " + text + " is no RAW that can be read, expected S followed by RGGB, GRBG, GBRG or BGGR (or R alone: monochrome), " +
              "then 8, 10, 12, 14 or 16, packed 10, 12 or 14 with _CSI2P");
}

std::string format_name(const RawLayout& layout) {
  for (const auto& [prefix, cfa] : kPatterns) {
    if (cfa == layout.cfa)
      return std::string(prefix) + std::to_string(layout.bits) + (layout.packed ? std::string(kPacked) : std::string());
  }
  throw Error("no format of buffers has such a color filter array");
}

std::size_t row_bytes(const RawLayout& layout, int width) {
  const auto packed = layout.packed || layout.bits == 8 ? packed_format_of(layout.bits) : std::nullopt;
  return packed ? packed_row_bytes(*packed, width) : 2 * static_cast<std::size_t>(width);
}

}  // namespace argent
