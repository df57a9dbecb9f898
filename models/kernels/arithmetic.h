// models/kernels/arithmetic.h - private: what is done with one number or two, of any type. Integers wrap around: they are computed without
// sign, where C++ defines it.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "models/runtime/error.h"

namespace argent::kernels {

template <class T>
constexpr bool kWraps = std::is_integral_v<T> && !std::is_same_v<T, bool>;

template <class T>
T plus(T a, T b) {
  if constexpr (kWraps<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  else
    return static_cast<T>(a + b);
}
template <class T>
T minus(T a, T b) {
  if constexpr (kWraps<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  else
    return static_cast<T>(a - b);
}
template <class T>
T times(T a, T b) {
  if constexpr (kWraps<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  else if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return a * b;
}
template <class T>
T negated(T x) {
  return minus(T{0}, x);
}
template <class T>
T magnitude(T x) {
  return x < 0 ? negated(x) : x == 0 ? T{0} : x;
}
template <class T>
T sign_of(T x) {
  if constexpr (std::is_same_v<T, bool>)
    return x;
  else
    return static_cast<T>(x > 0 ? 1 : x < 0 ? -1 : x);
}
/// NaN stays.
template <class T>
T rectified(T x) {
  return x > 0 || x != x ? x : T{0};
}

/// NaN of either wins.
template <class T>
T larger(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
T smaller(T a, T b) {
  return a < b || a != a ? a : b;
}

template <class T>
T checked_divisor(T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) throw Error("division of an integer by zero");
  }
  return b;
}
/// The sign is a's.
template <class T>
T truncated_remainder(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmod(a, b);
  else if constexpr (std::is_signed_v<T>)
    return b == -1 ? T{0} : static_cast<T>(a % checked_divisor(b));
  else
    return static_cast<T>(a % checked_divisor(b));
}
/// The sign is b's.
template <class T>
T floored_remainder(T a, T b) {
  const T rest = truncated_remainder(a, b);
  if constexpr (std::is_unsigned_v<T>)
    return rest;
  else
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
}
/// Of the lowest integer by -1, which has no result in its type, the lowest again.
template <class T>
T floored_quotient(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (b == 0) return a / b;
    // Not floor(a / b): the division may round up to the next whole number.
    const T rest = std::fmod(a, b);
    T whole = (a - rest) / b;
    if (rest != 0 && (b < 0) != (rest < 0)) whole -= 1;
    if (whole == 0) return std::copysign(T{0}, a / b);
    const T floored = std::floor(whole);
    return whole - floored > T(0.5) ? floored + 1 : floored;
  } else if constexpr (std::is_signed_v<T>) {
    if (b == -1) return negated(a);
    const T whole = static_cast<T>(a / checked_divisor(b));
    return a % b != 0 && (a < 0) != (b < 0) ? static_cast<T>(whole - 1) : whole;
  } else {
    return static_cast<T>(a / checked_divisor(b));
  }
}

template <class T>
T power(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::pow(a, b);
  } else {
    if constexpr (std::is_signed_v<T>) {
      if (b < 0) return a == 1 ? T{1} : a == -1 ? static_cast<T>(b % 2 == 0 ? 1 : -1) : T{0};
    }
    T result = 1;
    for (auto rest = static_cast<std::make_unsigned_t<T>>(b); rest != 0; rest = static_cast<std::make_unsigned_t<T>>(rest >> 1)) {
      if ((rest & 1U) != 0) result = times(result, a);
      a = times(a, a);
    }
    return result;
  }
}

/// A shift by the type's width or more leaves nothing, or the sign.
template <class T>
T shifted_left(T a, T b) {
  constexpr int kWidth = 8 * static_cast<int>(sizeof(T));
  return b < 0 || b >= kWidth ? T{0} : static_cast<T>(static_cast<std::uint64_t>(a) << static_cast<int>(b));
}
template <class T>
T shifted_right(T a, T b) {
  constexpr int kWidth = 8 * static_cast<int>(sizeof(T));
  const int by = b < 0 || b >= kWidth ? kWidth - 1 : static_cast<int>(b);
  return static_cast<T>((a >> by) >> (b < 0 || b >= kWidth ? 1 : 0));
}
template <class T>
T inverted(T x) {
  if constexpr (std::is_same_v<T, bool>)
    return !x;
  else
    return static_cast<T>(~x);
}

}  // namespace argent::kernels
