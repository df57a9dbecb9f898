// models/tensor/tensor.h - a view of numbers of one type on shared storage, and its place in the tape that gradients are taken from.
//
//   Tensor x = from_values({1, 2, 3}).requires_grad();
//   Tensor y = sum(x * x);   // runs now: y can be printed in a debugger
//   y.backward();
//   x.grad();                // 2, 4, 6
#pragma once

#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/tensor/source.h"
#include "models/tensor/tensor_state.h"

namespace argent::kernels {
class Array;  // models/kernels/array.h
}

namespace argent::tensor {

// Of the engine's vocabulary, though what lies below it speaks of them, too.
using argent::BFloat16, argent::Dims, argent::DType, argent::Half;

class Operand;

/// Called with the gradient of a tensor when it is complete; returns what takes its place, or an undefined Tensor to keep it.
using GradientHook = std::function<class Tensor(const class Tensor& gradient)>;

/// A value: copying shares the storage (clone() copies it). Every method below that makes a Tensor records itself for gradients, unless
/// said otherwise. Methods throw Error with the operation, the shapes and the caller's line.
class Tensor {
 public:
  Tensor() = default;  ///< undefined: no shape, no storage
  explicit Tensor(Ref<TensorState> state) : state_(std::move(state)) {}

  bool defined() const { return static_cast<bool>(state_); }

  // ---- what it is ----

  const Dims& shape() const { return state_->shape; }
  /// Of one axis; negative counts from the end.
  std::int64_t size(int axis) const { return shape()[checked_axis(axis, rank())]; }
  int rank() const { return shape().size(); }
  std::int64_t count() const { return shape().count(); }
  DType dtype() const { return state_->dtype; }
  const Dims& strides() const { return state_->strides; }  ///< elements
  bool is_contiguous() const;                              ///< dense, the last axis the fastest
  bool is_channels_last() const;                           ///< rank 3 or more, dense, axis 1 the fastest
  bool shares_storage_with(const Tensor& other) const { return state_->storage == other.state_->storage; }
  std::uint32_t version() const { return state_->storage->version(); }  ///< writes to the storage so far

  // ---- its numbers, read by the program ----

  /// First element; the others by strides(). T must be the dtype's own. Not while a trace is recorded: a graph does not know what
  /// the program does with them.
  template <class T>
  const T* data() const {
    return reinterpret_cast<const T*>(readable(dtype_of<T>()));
  }
  /// The same for writing, which no gradient sees; what was saved of the old values is stale from here on.
  template <class T>
  T* mutable_data() {
    return reinterpret_cast<T*>(writable(dtype_of<T>()));
  }
  /// The only element, converted.
  double item() const;
  std::int64_t item_integer() const;
  /// All elements in the order of their indices, converted.
  std::vector<double> values() const;

  // ---- views: the same storage, never a copy ----

  /// Throws Error where the strides do not allow it: view() never copies. One size may be -1: what is left.
  Tensor view(const Dims& shape, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor permute(const Dims& axes, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor transpose(int a, int b, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  /// `start` and `stop` as Python's: negative from the end, cut to the size. `step` is at least 1.
  Tensor slice(int axis, std::int64_t start, std::int64_t stop, std::int64_t step = 1,
               Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  /// One index of an axis, which goes away.
  Tensor select(int axis, std::int64_t index, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  /// Repeats axes of size 1 by stride 0; -1 keeps a size.
  Tensor expand(const Dims& shape, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor squeeze(int axis, Source at = {__builtin_FILE(), __builtin_LINE()}) const;  ///< drops an axis of size 1
  Tensor unsqueeze(int axis, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  /// The same numbers, without a place in the tape; shares the version counter.
  Tensor detach() const;

  // ---- copies ----

  /// A view where the strides allow it, else a copy.
  Tensor reshape(const Dims& shape, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor flatten(int first = 0, int last = -1, Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor clone(Source at = {__builtin_FILE(), __builtin_LINE()}) const;       ///< always a copy; keeps the strides' order
  Tensor contiguous(Source at = {__builtin_FILE(), __builtin_LINE()}) const;  ///< itself when it is
  Tensor channels_last(Source at = {__builtin_FILE(), __builtin_LINE()}) const;
  Tensor to(DType type, Source at = {__builtin_FILE(), __builtin_LINE()}) const;  ///< itself when it has that type

  // ---- writes, seen by all views and by gradients ----

  Tensor& operator+=(const Operand& other);
  Tensor& operator-=(const Operand& other);
  Tensor& operator*=(const Operand& other);
  Tensor& operator/=(const Operand& other);
  /// Every element becomes the other's, broadcast and converted to this dtype.
  Tensor& assign(const Operand& other);

  // ---- gradients ----

  bool requires_grad() const;
  /// Of a floating leaf: gradients are wanted. Returns itself.
  Tensor& requires_grad(bool wanted);
  bool is_leaf() const;  ///< was not computed from anything that requires a gradient
  /// What backward() has accumulated; undefined when nothing.
  Tensor grad() const;
  void set_grad(const Tensor& gradient);
  /// Adds the gradient of this tensor, which has one element, to every leaf it was computed from. See models/tensor/autograd.h.
  void backward() const;
  void on_gradient(GradientHook hook) const;

  // ---- the tape and the operations look inside ----

  operator kernels::Array() const;  // NOLINT(google-explicit-constructor): what kernels see of it, as long as it lives
  TensorState* state() const { return state_.get(); }
  const Ref<TensorState>& reference() const { return state_; }
  std::byte* raw() const { return state_->storage->data() + static_cast<std::size_t>(state_->offset) * size_of(state_->dtype); }
  template <class T>
  T* raw_as() const {
    return reinterpret_cast<T*>(raw());
  }

 private:
  const std::byte* readable(DType type) const;
  std::byte* writable(DType type);

  Ref<TensorState> state_;
};

// ---- tensors from nothing ----

/// Undefined contents. `strides` empty: contiguous; else those of a dense block.
Tensor empty(const Dims& shape, DType type = DType::kF32, const Dims& strides = {});
Tensor zeros(const Dims& shape, DType type = DType::kF32);
Tensor ones(const Dims& shape, DType type = DType::kF32);
Tensor full(const Dims& shape, double value, DType type = DType::kF32);
/// start, start + step ... `count` of them.
Tensor arange(std::int64_t count, DType type = DType::kI64, double start = 0, double step = 1);
/// A copy of `values`, whose number must be that of the shape.
Tensor from_values(std::span<const double> values, const Dims& shape, DType type = DType::kF32);
Tensor from_values(std::initializer_list<double> values, DType type = DType::kF32);
/// Looks at memory of somebody else's, which `owner` keeps alive (empty: the caller does). Strides in elements; empty: contiguous.
template <class T>
Tensor from_blob(T* data, const Dims& shape, const Dims& strides = {}, std::shared_ptr<const void> owner = {});
Tensor from_memory(void* data, const Dims& shape, DType type, const Dims& strides, std::shared_ptr<const void> owner);

template <class T>
Tensor from_blob(T* data, const Dims& shape, const Dims& strides, std::shared_ptr<const void> owner) {
  return from_memory(data, shape, dtype_of<T>(), strides, std::move(owner));
}

/// As Tensor::values(), whatever is being traced: for the engine's own looks at numbers.
std::vector<double> read_values(const Tensor& tensor);

/// Shape, type and numbers; long axes are cut in the middle.
std::string to_text(const Tensor& tensor);
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace argent::tensor
