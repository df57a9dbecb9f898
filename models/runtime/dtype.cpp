#include "models/runtime/dtype.h"

#include <algorithm>

namespace argent {

std::string_view name_of(DType type) {
  constexpr std::string_view kNames[kDTypes] = {"bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64"};
  return kNames[static_cast<int>(type)];
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  if (kind_of(a) == kind_of(b)) {
    if (a == DType::kU8 && b == DType::kI8) return DType::kI16;
    if (a == DType::kF16 && b == DType::kBF16) return DType::kF32;
  }
  return b;
}

// Both by exponent alone: a half's subnormals are multiples of 2^-24, which a float holds exactly.
Half::Half(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(word >> 16 & 0x8000U);
  const std::uint32_t magnitude = word & 0x7fffffffU;
  constexpr std::uint32_t kOverflow = 0x477ff000U;  // 65520: half way between the largest half and 2^16
  constexpr std::uint32_t kNormal = 0x38800000U;    // 2^-14
  if (magnitude > 0x7f800000U) {
    bits = static_cast<std::uint16_t>(sign | 0x7e00U | (magnitude >> 13 & 0x3ffU));
  } else if (magnitude >= kOverflow) {
    bits = static_cast<std::uint16_t>(sign | 0x7c00U);
  } else if (magnitude >= kNormal) {
    const std::uint32_t rebiased = magnitude - (112U << 23);
    bits = static_cast<std::uint16_t>(sign | (rebiased + 0xfffU + (rebiased >> 13 & 1U)) >> 13);
  } else {
    // Adding 0.5 leaves the multiple of 2^-24 in the low bits of the fraction, rounded by the processor's own rule.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    bits = static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000U));
  }
}

Half::operator float() const {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t magnitude = bits & 0x7fffU;
  if (magnitude >= 0x7c00U) return std::bit_cast<float>(sign | 0x7f800000U | (magnitude & 0x3ffU) << 13);
  if (magnitude >= 0x400U) return std::bit_cast<float>(sign | ((magnitude << 13) + (112U << 23)));
  const float value = static_cast<float>(magnitude) * 0x1p-24F;
  return sign != 0 ? -value : value;
}

}  // namespace argent
