// models/tensor/apply.h - the one door: every operation on tensors passes here.
//
// In this order: inputs to the types the row and autocast ask for; shapes; the kernel; the tape (models/tensor/node.h), the trace
// (models/tensor/trace.h) and the watch for numbers that are not finite (FiniteCheck). Nothing goes round it.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>

#include "models/runtime/scoped_value.h"
#include "models/tensor/op.h"

namespace argent::tensor {

/// What apply() throws.
class OpError : public Error {
 public:
  using Error::Error;
};

/// Throws `error` as an OpError: "<name>: <what it says> (<file>:<line>)".
[[noreturn]] void throw_named(std::string_view name, const Error& error, Source source);

/// The outputs of one operation.
class Outputs {
 public:
  std::span<Tensor> span() { return {tensors_.data(), static_cast<std::size_t>(size_)}; }
  void add(Tensor tensor) { tensors_[static_cast<std::size_t>(size_++)] = std::move(tensor); }
  int size() const { return size_; }
  Tensor& operator[](int i) { return tensors_[static_cast<std::size_t>(i)]; }

 private:
  std::array<Tensor, kMaxOutputs> tensors_;
  int size_ = 0;
};

/// Throws OpError "<op>: <what does not fit> (<file>:<line>)".
Outputs apply(OpId id, std::span<const Tensor> inputs, const Attributes& attributes, Source source);

/// The kernel alone, into outputs that infer() described: for calls that have passed the door before.
void compute(const Call& call, std::span<Tensor> outputs);

/// Of an operation with one output.
Tensor apply_one(OpId id, std::initializer_list<Tensor> inputs, const Attributes& attributes, Source source);
Tensor apply_one(OpId id, std::initializer_list<Tensor> inputs, Source source);

/// While it lives, an operation of this thread whose result holds a NaN or an infinity throws Error that names it and its line; the
/// operations of a gradient name the line of the operation they are the gradient of.
class FiniteCheck {
 public:
  FiniteCheck();

 private:
  ScopedValue<bool> scope_;
};

/// While it lives, operations of this thread run in the type that their rows' autocast class and `low` (f16 or bf16) name.
class AutocastScope {
 public:
  explicit AutocastScope(DType low);

 private:
  ScopedValue<int> scope_;
};

/// Whether an AutocastScope of this thread lives.
bool autocast_is_on();

/// While it lives, operations of this thread say they were called from `source`: those of a gradient, from where the forward one was; those
/// of a function made of others, from where it was called. The outermost scope counts.
class SourceScope {
 public:
  explicit SourceScope(Source source);

 private:
  ScopedValue<Source> scope_;
};

/// `given`, unless a SourceScope of this thread says another.
Source source_in_scope(Source given);

/// While it lives, operations of this thread run their plain loops: what the tests compare the fast kernels with.
class ReferenceKernels {
 public:
  ReferenceKernels();

 private:
  ScopedValue<bool> scope_;
};

/// Called after each operation of this thread, which is what a profiler needs; `done` may be empty.
using OpObserver = std::function<void(const Op& op, std::span<const Tensor> inputs, Source source)>;
OpObserver observe_operations(OpObserver observer);  ///< returns the one before

}  // namespace argent::tensor
