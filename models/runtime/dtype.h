// models/runtime/dtype.h - the ten element types, their conversions, and which type an operation on two of them has.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace argent {

/// In the order of promotion within a kind. Values are part of no file format.
enum class DType : std::uint8_t { kBool, kU8, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64 };

inline constexpr int kDTypes = 10;

/// Bool < integer < floating: a type of a higher kind wins over any of a lower one.
enum class DTypeKind : std::uint8_t { kBool, kInteger, kFloating };

constexpr DTypeKind kind_of(DType type) {
  return type == DType::kBool ? DTypeKind::kBool : type < DType::kF16 ? DTypeKind::kInteger : DTypeKind::kFloating;
}
constexpr bool is_floating(DType type) { return kind_of(type) == DTypeKind::kFloating; }

/// Bytes of one element.
constexpr std::size_t size_of(DType type) {
  constexpr std::size_t kSizes[kDTypes] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8};
  return kSizes[static_cast<int>(type)];
}

/// "f32", "bool", "bf16" ...
std::string_view name_of(DType type);
/// The same for messages.
inline std::string to_text(DType type) { return std::string(name_of(type)); }

/// The common type of two tensors, as PyTorch's torch.promote_types: f16 and bf16 meet in f32, u8 and i8 in i16.
DType promote(DType a, DType b);

/// IEEE 754 binary16. Conversion rounds to nearest, ties to even; NaN stays NaN, what is too large becomes infinity.
struct Half {
  std::uint16_t bits = 0;

  Half() = default;
  explicit Half(float value);
  operator float() const;  // NOLINT(google-explicit-constructor): widening loses nothing
};

/// The upper half of a binary32: 8 bits of exponent, 7 of fraction. Conversion as Half's.
struct BFloat16 {
  std::uint16_t bits = 0;

  BFloat16() = default;
  explicit BFloat16(float value) : bits(rounded(std::bit_cast<std::uint32_t>(value))) {}
  operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }  // NOLINT(google-explicit-constructor)

 private:
  static constexpr std::uint16_t rounded(std::uint32_t value) {
    if ((value & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>(value >> 16 | 0x40U);  // NaN, made quiet
    return static_cast<std::uint16_t>((value + 0x7fffU + (value >> 16 & 1U)) >> 16);
  }
};

/// DType of a C++ type.
template <class T>
consteval DType dtype_of() {
  constexpr bool kKnown[kDTypes] = {std::is_same_v<T, bool>,         std::is_same_v<T, std::uint8_t>, std::is_same_v<T, std::int8_t>,
                                    std::is_same_v<T, std::int16_t>, std::is_same_v<T, std::int32_t>, std::is_same_v<T, std::int64_t>,
                                    std::is_same_v<T, Half>,         std::is_same_v<T, BFloat16>,     std::is_same_v<T, float>,
                                    std::is_same_v<T, double>};
  for (int i = 0; i < kDTypes; i++) {
    if (kKnown[i]) return static_cast<DType>(i);
  }
  throw "a tensor has no elements of this type";
}

/// Calls `f.template operator()<T>()` with the C++ type of `type`.
template <class F>
decltype(auto) with_type(DType type, F&& f) {
  switch (type) {
    case DType::kBool:
      return f.template operator()<bool>();
    case DType::kU8:
      return f.template operator()<std::uint8_t>();
    case DType::kI8:
      return f.template operator()<std::int8_t>();
    case DType::kI16:
      return f.template operator()<std::int16_t>();
    case DType::kI32:
      return f.template operator()<std::int32_t>();
    case DType::kI64:
      return f.template operator()<std::int64_t>();
    case DType::kF16:
      return f.template operator()<Half>();
    case DType::kBF16:
      return f.template operator()<BFloat16>();
    case DType::kF32:
      return f.template operator()<float>();
    case DType::kF64:
      break;
  }
  return f.template operator()<double>();
}

}  // namespace argent
