#include "models/tensor/node.h"

#include <utility>

#include "models/tensor/autograd.h"

namespace argent::tensor {
namespace {

constinit thread_local std::uint64_t node_numbers = 0;
constinit thread_local std::vector<Node*>* being_destroyed = nullptr;

/// A leaf's gradient can be collected as soon as it is complete.
constexpr std::uint64_t kCollectorNumber = ~std::uint64_t{0};

Ref<TensorState> same_numbers(const TensorState& from) {
  Ref<TensorState> state(new TensorState);
  state->storage = from.storage;
  state->offset = from.offset;
  state->shape = from.shape;
  state->strides = from.strides;
  state->dtype = from.dtype;
  state->traced_by = from.traced_by;
  state->traced_as = from.traced_as;
  return state;
}

/// A view takes its place in the tape anew when its storage was written: as a piece of what the base has become.
void refresh_view(const Tensor& view) {
  TensorState& state = *view.state();
  const std::uint32_t version = state.storage->version();
  if (state.gradient_version == version) return;
  const Tensor base(state.base);
  Edge base_edge = edge_of(base);
  if (!base_edge.node) return;
  Ref<Node> node(new Node);
  node->op = &op(OpId::kAsStrided);
  node->attributes = {{Key::kShape, state.shape},
                      {Key::kStrides, state.strides},
                      {Key::kOffset, state.offset - base.state()->offset},
                      {Key::kBaseStrides, base.strides()}};
  node->number = next_node_number();
  node->inputs.push_back({std::move(base_edge), {}, base.shape(), base.dtype()});
  node->outputs.push_back({{}, state.shape, state.dtype, {}});
  gradient_state(view).edge = {std::move(node), 0};
  state.gradient_version = version;
}

bool overlaps_itself(const Tensor& tensor) {
  for (int i = 0; i < tensor.rank(); i++) {
    if (tensor.strides()[i] == 0 && tensor.shape()[i] > 1) return true;
  }
  return false;
}

bool saves(Saved saved, int input) { return input < 3 && (static_cast<unsigned>(saved) >> input & 1U) != 0; }
bool saves_outputs(Saved saved) { return (static_cast<unsigned>(saved) & static_cast<unsigned>(Saved::kOutputs)) != 0; }

void give_place(const Tensor& tensor, const Ref<Node>& node, int output) {
  gradient_state(tensor).edge = {node, output};
  tensor.state()->gradient_version = tensor.version();
}

}  // namespace

void Node::destroy(Node* node) noexcept {
  if (being_destroyed != nullptr) {
    being_destroyed->push_back(node);
    return;
  }
  std::vector<Node*> queue{node};
  being_destroyed = &queue;
  while (!queue.empty()) {
    Node* next = queue.back();
    queue.pop_back();
    if (next->leaf.defined()) gradient_state(next->leaf).collector = nullptr;
    delete next;  // what it held alone joins the queue
  }
  being_destroyed = nullptr;
}

std::uint64_t next_node_number() { return ++node_numbers; }

GradientState& gradient_state(const Tensor& tensor) {
  auto& gradient = tensor.state()->gradient;
  if (!gradient) gradient = std::make_unique<GradientState>();
  return *gradient;
}

Edge edge_of(const Tensor& tensor) {
  TensorState& state = *tensor.state();
  if (state.base) refresh_view(tensor);
  if (!state.gradient) return {};
  GradientState& gradient = *state.gradient;
  if (gradient.edge.node) return gradient.edge;
  if (!gradient.requires_grad) return {};
  if (gradient.collector != nullptr) return {Ref<Node>(gradient.collector), 0};
  Ref<Node> node(new Node);
  node->leaf = tensor;
  node->number = kCollectorNumber;
  node->outputs.push_back({{}, state.shape, state.dtype, {}});
  gradient.collector = node.get();
  return {std::move(node), 0};
}

void record(const Call& call, std::span<Tensor> outputs, Source source) {
  if (!gradients_enabled() || call.op.gradient == nullptr) return;
  std::vector<Edge> edges(call.inputs.size());
  bool wanted = false;
  for (std::size_t i = 0; i < edges.size(); i++) {
    edges[i] = edge_of(call.inputs[i]);
    wanted = wanted || edges[i].node;
  }
  if (!wanted) return;
  Ref<Node> node(new Node);
  node->op = &call.op;
  node->attributes = call.attributes;
  node->source = source;
  node->number = next_node_number();
  node->inputs.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); i++) {
    const Tensor& input = call.inputs[i];
    const bool saved = saves(call.op.saved, static_cast<int>(i));
    node->inputs.push_back({std::move(edges[i]), saved ? save(input) : SavedTensor{}, input.shape(), input.dtype()});
  }
  node->outputs.reserve(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); i++) {
    const Tensor& output = outputs[i];
    node->outputs.push_back({saves_outputs(call.op.saved) ? save(output) : SavedTensor{}, output.shape(), output.dtype(), {}});
    if (is_floating(output.dtype())) give_place(output, node, static_cast<int>(i));
  }
}

void check_write(const Tensor& target, const Tensor& value) {
  if (overlaps_itself(target))
    throw Error("the target of shape ", target.shape(), " repeats its elements, which can't be written one by one");
  if (!gradients_enabled()) return;
  const TensorState& state = *target.state();
  const Tensor root = state.base ? Tensor(state.base) : target;
  if (root.requires_grad() && root.is_leaf())
    throw Error("a leaf that requires a gradient is written; do it without gradients, or on a copy");
  if (state.base && state.made_without_gradients && (root.requires_grad() || value.requires_grad()))
    throw Error("a view that was made without gradients is written with them");
}

void record_write(const Tensor& target, const Tensor& value, Source source) {
  if (!gradients_enabled() || !is_floating(target.dtype())) return;
  const bool is_view = static_cast<bool>(target.state()->base);
  const Tensor root = is_view ? Tensor(target.state()->base) : target;
  Edge value_edge = edge_of(value);
  Edge root_edge = edge_of(root);
  if (!value_edge.node && !root_edge.node) return;
  Ref<Node> node(new Node);
  node->source = source;
  node->number = next_node_number();
  node->outputs.push_back({{}, root.shape(), root.dtype(), {}});
  if (is_view) {
    node->op = &op(OpId::kAsStridedScatter);
    node->attributes = {{Key::kShape, target.shape()},
                        {Key::kStrides, target.strides()},
                        {Key::kOffset, target.state()->offset - root.state()->offset},
                        {Key::kBaseStrides, root.strides()}};
    node->inputs.push_back({std::move(root_edge), {}, root.shape(), root.dtype()});
  } else {
    node->op = &op(OpId::kCopy);
  }
  node->inputs.push_back({std::move(value_edge), {}, value.shape(), value.dtype()});
  give_place(root, node, 0);
}

SavedTensor save(const Tensor& tensor) { return {same_numbers(*tensor.state()), tensor.version()}; }

Tensor unpack(const Node& node, const SavedTensor& saved, const Edge& edge, std::string_view what) {
  if (!saved.state) throw Error("the row of ", node.name(), " does not save ", what);
  if (saved.state->storage->version() != saved.version) {
    throw Error(what, " of shape ", saved.state->shape, ", needed for the gradient of ", node.name(), ", was written since: version ",
                saved.state->storage->version(), ", was ", saved.version);
  }
  Tensor tensor(same_numbers(*saved.state));
  if (edge.node && is_floating(saved.state->dtype)) gradient_state(tensor).edge = edge;
  return tensor;
}

}  // namespace argent::tensor
