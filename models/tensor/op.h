// models/tensor/op.h - what an operation is: one row that knows everything about it.
//
// An operation cannot exist without its row, a row not without samples, and every row's samples go through the same tests: reference
// against fast kernel, gradient against differences, replay against eager, one thread against two.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "models/tensor/attributes.h"
#include "models/tensor/op_id.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

/// At most this many outputs has an operation.
inline constexpr int kMaxOutputs = 3;

struct Op;

struct Call {
  const Op& op;
  std::span<const Tensor> inputs;
  const Attributes& attributes;

  const Tensor& input(int i = 0) const { return inputs[static_cast<std::size_t>(i)]; }
};

/// What an output will be. `strides` empty: as the inputs' (see pointwise_strides) for element-wise operations, contiguous for others.
struct OutputSpec {
  Dims shape;
  DType dtype = DType::kF32;
  Dims strides;
};

class OutputSpecs {
 public:
  void add(const Dims& shape, DType type, const Dims& strides = {}) { specs_[static_cast<std::size_t>(size_++)] = {shape, type, strides}; }
  int size() const { return size_; }
  const OutputSpec& operator[](int i) const { return specs_[static_cast<std::size_t>(i)]; }

 private:
  std::array<OutputSpec, kMaxOutputs> specs_;
  int size_ = 0;
};

/// Where a view lies in its input's storage.
struct ViewSpec {
  Dims shape;
  Dims strides;             ///< elements
  std::int64_t offset = 0;  ///< elements, from the input's first
};

/// What becomes of the inputs' types before anything else is asked. Conversions are operations of their own, so that gradients pass.
enum class TypeRule : std::uint8_t {
  kOwn,       ///< nothing; infer() names the outputs' types
  kPromote,   ///< all inputs to their common type
  kFloating,  ///< the same, integers and bools to f32
};

/// What keeps its values for the gradient: a bit for each of the first three inputs, and one for all outputs.
enum class Saved : std::uint8_t { kNothing = 0, kFirstInput = 1, kSecondInput = 2, kInputs = 7, kOutputs = 8, kBoth = 15 };

/// In which type an operation runs under autocast.
enum class Autocast : std::uint8_t {
  kWidest,  ///< the widest of its inputs' types
  kLow,     ///< the low type: products of matrices, convolutions
  kF32,     ///< at least f32: what loses its meaning with few digits
};

class GradientCall;  // models/tensor/gradient_call.h
class SampleList;    // models/tensor/samples.h

struct Op {
  OpId id = OpId::kCount;
  std::string_view name;
  TypeRule types = TypeRule::kOwn;
  /// Shapes and types of the outputs, after TypeRule. Throws Error that says what does not fit.
  void (*infer)(const Call& call, OutputSpecs& outputs) = nullptr;
  /// Of a view, instead of infer and the kernels: empty when the strides do not allow it.
  std::optional<ViewSpec> (*view)(const Call& call) = nullptr;
  /// Writes its first input, which is then also its output; infer() is not asked.
  bool writes = false;
  /// Plain loops, any type and strides that infer() lets through.
  void (*reference)(const Call& call, std::span<Tensor> outputs) = nullptr;
  /// Returns false, having done nothing, for what it is not made for.
  bool (*fast)(const Call& call, std::span<Tensor> outputs) = nullptr;
  /// Written in operations; nullptr: there is none.
  void (*gradient)(GradientCall& call) = nullptr;
  Saved saved = Saved::kNothing;
  Autocast autocast = Autocast::kWidest;
  /// False: the shape of the result depends on values, which a graph cannot hold.
  bool capture_safe = true;
  std::string_view onnx = {};  ///< its name there; empty: none or a composite
  /// What its tests feed it.
  void (*samples)(SampleList& list) = nullptr;
};

const Op& op(OpId id);

/// Every row, in the order of OpId: there is one for each.
std::span<const Op* const> all_ops();

}  // namespace argent::tensor
