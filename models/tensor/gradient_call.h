// models/tensor/gradient_call.h - what a row's gradient is given and gives back.
#pragma once

#include <vector>

#include "models/tensor/node.h"

namespace argent::tensor {

/// The chain rule through one operation. All tensors here may be computed with; that is recorded when a second gradient was asked for.
class GradientCall {
 public:
  /// `node` and `gradients`, one an output and undefined where none arrived, must outlive it.
  GradientCall(const Ref<Node>& node, std::span<const Tensor> gradients);

  int input_count() const { return static_cast<int>(node_->inputs.size()); }
  /// Of an output; zeros where none arrived.
  Tensor gradient(int output = 0) const;
  bool has_gradient(int output) const { return gradients_[static_cast<std::size_t>(output)].defined(); }
  /// Values that the row's Saved keeps. Throws Error when they were written in the meantime.
  Tensor input(int i = 0) const;
  Tensor output(int i = 0) const;
  const Dims& input_shape(int i = 0) const { return node_->inputs[static_cast<std::size_t>(i)].shape; }
  DType input_dtype(int i = 0) const { return node_->inputs[static_cast<std::size_t>(i)].dtype; }
  const Dims& output_shape(int i = 0) const { return node_->outputs[static_cast<std::size_t>(i)].shape; }
  const Attributes& attributes() const { return node_->attributes; }
  Source source() const { return node_->source; }

  /// Whether anybody wants the gradient of this input.
  bool wants(int i) const { return static_cast<bool>(node_->inputs[static_cast<std::size_t>(i)].edge.node); }
  /// The gradient of an input, summed over the axes that broadcasting repeated. May be set once; not set: zero.
  void set(int i, const Tensor& gradient);

  std::vector<Tensor>& results() { return results_; }

 private:
  const Ref<Node>& node_;
  std::span<const Tensor> gradients_;
  std::vector<Tensor> results_;
};

}  // namespace argent::tensor
