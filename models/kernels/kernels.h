// models/kernels/kernels.h - private: the innermost loops, compiled once per instruction set.
#pragma once

#include <cstdint>

#include "models/runtime/cpu.h"

namespace argent::kernels {

/// A block of a product of matrices, small enough that its sums stay in registers:
///   sum(i, j) = bias[j] + sum over s < segments, k < length of a[i * a_row + offsets[s] + k * a_step] * b[(s * length + k) * b_row + j]
/// in the order of s, then k; c[i * c_row + j] becomes it or, when `add`, grows by it. Either a_row or a_step is 1.
template <class T>
struct Tile {
  const T* a = nullptr;
  std::int64_t a_row = 1, a_step = 1;
  const std::int64_t* offsets = nullptr;
  std::int64_t segments = 1, length = 0;
  const T* b = nullptr;  ///< rows can be read up to a whole vector behind `columns`
  std::int64_t b_row = 0;
  const T* bias = nullptr;  ///< as b's rows; nullptr: 0
  T* c = nullptr;
  std::int64_t c_row = 0;
  int rows = 0, columns = 0;  ///< at most TileKernel's
  bool add = false;
};

template <class T>
struct TileKernel {
  int rows = 0, columns = 0;  ///< the largest tile
  int lanes = 0;              ///< elements of a vector; a tile of at most so many columns is done with half the work
  void (*run)(const Tile<T>& tile) = nullptr;
  /// Column by column instead, of any number of rows and columns: each sum(i, j) has a[i * a_row + offsets[s] + j] * b[s * b_row + j].
  void (*depthwise)(const Tile<T>& tile) = nullptr;
  /// c[s * c_row + j] += sum over k < length of a[offsets[s] + k * a_step + j] * b[k * b_row + j].
  void (*depthwise_weights)(const Tile<T>& tile) = nullptr;
  /// Copies `panels` * `columns` columns of `rows` rows, each panel of `columns` dense, panel_size behind the one before.
  void (*pack)(T* to, std::int64_t panel_size, const T* from, std::int64_t from_row, std::int64_t rows, std::int64_t panels) = nullptr;
};

/// Loops on f32, element by element; inputs have a step of 1, or 0 for a single number.
enum class Unary : std::uint8_t { kAbs, kExp, kLog, kNeg, kRelu, kSigmoid, kSqrt, kTanh };
inline constexpr int kUnaries = 8;
enum class Binary : std::uint8_t { kAdd, kSub, kMul, kDiv, kMaximum, kMinimum };
inline constexpr int kBinaries = 6;
enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
inline constexpr int kComparisons = 6;

using UnaryLoop = void (*)(float* out, const float* x, std::int64_t n);
using BinaryLoop = void (*)(float* out, const float* a, std::int64_t a_step, const float* b, std::int64_t b_step, std::int64_t n);
using WidenLoop = void (*)(float* out, const std::uint16_t* x, std::int64_t n);
using NarrowLoop = void (*)(std::uint16_t* out, const float* x, std::int64_t n);
using ComparisonLoop = void (*)(bool* out, const float* a, std::int64_t a_step, const float* b, std::int64_t b_step, std::int64_t n);

struct Kernels {
  TileKernel<float> tile_f32;
  TileKernel<double> tile_f64;
  UnaryLoop unary[kUnaries];
  BinaryLoop binary[kBinaries];
  ComparisonLoop comparison[kComparisons];
  /// out = condition ? a : b; the condition has a step of 1.
  void (*choose)(float* out, const bool* condition, const float* a, std::int64_t a_step, const float* b, std::int64_t b_step,
                 std::int64_t n);
  /// sums[j] += sum over i < rows of x[i * row + j], each in the order of i.
  void (*add_rows)(double* sums, const float* x, std::int64_t rows, std::int64_t row, std::int64_t columns);
  /// out[j] = sum over t < taps of weights[t] * x[places[t] * step + j], in f64, rounded once.
  void (*blend)(float* out, const float* x, std::int64_t step, const std::int64_t* places, const double* weights, std::int64_t taps,
                std::int64_t n);
  WidenLoop from_bf16, from_f16;  ///< of f16: nullptr without such instructions
  NarrowLoop to_bf16, to_f16;
  /// The sum of x in 64 interleaved partial sums, added pairwise.
  double (*sum)(const float* x, std::int64_t n);
  /// to[j * to_row + i] = from[i * from_row + j].
  void (*transpose)(float* to, std::int64_t to_row, const float* from, std::int64_t from_row, std::int64_t rows, std::int64_t columns);

  template <class T>
  const TileKernel<T>& tile() const;
};
template <>
inline const TileKernel<float>& Kernels::tile<float>() const {
  return tile_f32;
}
template <>
inline const TileKernel<double>& Kernels::tile<double>() const {
  return tile_f64;
}

/// Of an instruction set that this machine has. Where a set is not built (other processors), the baseline's.
const Kernels& kernels_for(CpuTarget target);

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels, kAvx512Kernels;
#endif

}  // namespace argent::kernels
