// models/tensor/node.h - private: the tape, one node an operation that a gradient passes through.
#pragma once

#include <functional>
#include <vector>

#include "models/tensor/op.h"

namespace argent::tensor {

struct Node;

/// Where a gradient goes: an output of the node that made a tensor, or the node that collects a leaf's. Empty: nowhere.
struct Edge {
  Ref<Node> node;
  int output = 0;
};

/// A tensor's values as they were: no place in the tape of its own, so that no circle keeps it alive.
struct SavedTensor {
  Ref<TensorState> state;
  std::uint32_t version = 0;
};

struct NodeInput {
  Edge edge;
  SavedTensor saved;
  Dims shape;
  DType dtype = DType::kF32;
};

struct NodeOutput {
  SavedTensor saved;
  Dims shape;
  DType dtype = DType::kF32;
  std::vector<GradientHook> hooks;
};

/// Sets the gradients of a node's inputs.
using CustomGradient = std::function<void(GradientCall&)>;

struct Node final : public Counted {
  const Op* op = nullptr;  ///< nullptr: a leaf's collector, or `custom`
  Attributes attributes;
  Source source;
  std::uint64_t number = 0;  ///< later operations have higher ones
  std::vector<NodeInput> inputs;
  std::vector<NodeOutput> outputs;
  CustomGradient custom;
  Tensor leaf;  ///< whose gradient is collected here

  std::string_view name() const { return op != nullptr ? op->name : leaf.defined() ? "leaf" : "custom"; }

  /// Frees a chain of any length without recursion.
  static void destroy(Node* node) noexcept;

 private:
  ~Node() = default;
};

/// A tensor's place in the tape. Made when it needs one.
struct GradientState {
  bool requires_grad = false;  ///< of a leaf
  Edge edge;                   ///< of what was computed
  Node* collector = nullptr;   ///< of a leaf, while a tape holds it
  Tensor grad;
  std::vector<GradientHook> hooks;  ///< of a leaf
};

GradientState& gradient_state(const Tensor& tensor);

/// Where the gradient of `tensor` goes; brings the place of a view up to date that was written through another.
Edge edge_of(const Tensor& tensor);

/// The node of an operation that ran, if any input requires a gradient; gives the outputs their places.
void record(const Call& call, std::span<Tensor> outputs, Source source);

/// After the elements of `target` have become those of `value` (same shape and type): its place in the tape, and its views', follow.
/// Throws Error where that cannot be right. `check_write` is to be asked before writing.
void record_write(const Tensor& target, const Tensor& value, Source source);
void check_write(const Tensor& target, const Tensor& value);

/// What was saved, back in its place. Throws Error when it was written since.
Tensor unpack(const Node& node, const SavedTensor& saved, const Edge& edge, std::string_view what);

SavedTensor save(const Tensor& tensor);

std::uint64_t next_node_number();

}  // namespace argent::tensor
