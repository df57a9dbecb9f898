// models/tensor/autograd.h - gradients of what was computed, by walking the tape backward.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/runtime/scoped_value.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

/// Whether this thread's operations are recorded. On at first.
bool gradients_enabled();

/// Switches recording off, or on again, for this thread and scope.
class GradientMode {
 public:
  explicit GradientMode(bool enabled);

 private:
  ScopedValue<bool> scope_;
};
class NoGrad : public GradientMode {
 public:
  NoGrad() : GradientMode(false) {}
};

/// Whether the walk itself is recorded, so that gradients of gradients can be taken.
enum class SecondOrder { kNo, kYes };

struct BackwardOptions {
  SecondOrder second_order = SecondOrder::kNo;
  /// Leaves whose gradients are added to `flat` instead of grad(): one after the other in this order, each as its elements lie when
  /// contiguous. `flat` has rank 1 and as many elements as they have together.
  std::span<const Tensor> leaves;
  Tensor flat;
  /// Called for a leaf as soon as its gradient is complete: a sum over machines can start then. The index is that in `leaves`, -1 for
  /// others.
  std::function<void(int index, const Tensor& leaf)> on_leaf;
};

/// Adds to grad() of every leaf that `outputs` were computed from. `output_gradients`: as many, of their shapes; empty: ones, for
/// outputs of one element. Throws Error when an output has no tape, or a saved tensor was written since.
void backward(std::span<const Tensor> outputs, std::span<const Tensor> output_gradients = {}, const BackwardOptions& options = {});

/// The gradients of (the sum of) `outputs` with respect to `inputs`, and nothing else is touched. Undefined for an input that they do not
/// depend on.
std::vector<Tensor> gradients(std::span<const Tensor> outputs, std::span<const Tensor> inputs,
                              std::span<const Tensor> output_gradients = {}, SecondOrder second_order = SecondOrder::kNo);
std::vector<Tensor> gradients(const Tensor& output, std::initializer_list<Tensor> inputs, SecondOrder second_order = SecondOrder::kNo);

/// f(inputs), of which the tape keeps only the inputs: f runs again when its gradient is asked for (Chen et al., Training deep nets with
/// sublinear memory cost, 2016). f must give the same result each time; it may use parameters it holds.
std::vector<Tensor> checkpoint(const std::function<std::vector<Tensor>(std::span<const Tensor>)>& f, std::span<const Tensor> inputs);

}  // namespace argent::tensor
