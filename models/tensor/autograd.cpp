#include "models/tensor/autograd.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <utility>

#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

constinit thread_local bool recording = true;

/// Of the backward() that runs; what a checkpoint finds within goes where the rest goes.
constinit thread_local const BackwardOptions* running = nullptr;

enum class Collect { kLeaves, kCaptured };

/// Where a gradient that the caller asked for is met: at an output of a node, or at a leaf's collector.
struct Captured {
  int output = 0;
  std::size_t index = 0;
};

/// One walk over the tape, from the outputs to the leaves: later operations first, each when all its gradients have arrived.
class Walk {
 public:
  explicit Walk(const BackwardOptions& options) : options_(options) {
    std::int64_t offset = 0;
    for (const Tensor& leaf : options.leaves) {
      if (!leaf.is_leaf() || !leaf.requires_grad()) throw Error("backward: a tensor to collect for is no leaf that requires a gradient");
      leaves_.emplace(leaf.state(), std::pair(static_cast<int>(leaves_.size()), offset));
      offset += leaf.count();
    }
    if (options.flat.defined() && (options.flat.rank() != 1 || options.flat.count() != offset || !options.flat.is_contiguous()))
      throw Error("backward: flat storage of shape ", options.flat.shape(), ", expected ", offset);
  }

  void capture(const Tensor& input, std::size_t index) {
    const Edge edge = edge_of(input);
    if (edge.node) captured_[edge.node.get()].push_back({edge.output, index});
    kept_.push_back(edge.node);
  }

  void start(const Tensor& output, const Tensor& gradient) {
    const Edge edge = edge_of(output);
    if (!edge.node) throw Error("backward: a tensor of shape ", output.shape(), " was computed from nothing that requires a gradient");
    Tensor first = gradient;
    if (!first.defined()) {
      if (output.count() != 1) throw Error("backward: a tensor of shape ", output.shape(), " needs a gradient to start from");
      first = ones(output.shape(), output.dtype());
    } else if (!(first.shape() == output.shape())) {
      throw Error("backward: a gradient of shape ", first.shape(), " for a tensor of shape ", output.shape());
    }
    deliver(edge, first);
    roots_.push_back(edge.node);
  }

  /// `results`: of the captured inputs.
  void run(Collect collect, std::span<Tensor> results) {
    count_arrivals();
    const auto earlier = [](const Ref<Node>& a, const Ref<Node>& b) { return a->number < b->number; };
    std::priority_queue<Ref<Node>, std::vector<Ref<Node>>, decltype(earlier)> ready(earlier);
    for (const Ref<Node>& root : roots_) {
      Pending& pending = pending_[root.get()];
      if (pending.arrivals == 0 && !std::exchange(pending.queued, true)) ready.push(root);
    }
    while (!ready.empty()) {
      const Ref<Node> node = ready.top();
      ready.pop();
      std::vector<Tensor> incoming = std::move(pending_[node.get()].gradients);
      pending_.erase(node.get());
      call_hooks(*node, incoming);
      if (const auto found = captured_.find(node.get()); found != captured_.end()) {
        for (const Captured& captured : found->second) results[captured.index] = incoming[static_cast<std::size_t>(captured.output)];
      }
      if (node->leaf.defined()) {
        if (collect == Collect::kLeaves && incoming[0].defined()) collect_leaf(node->leaf, incoming[0]);
        continue;
      }
      if (collect == Collect::kCaptured && !needed_.contains(node.get())) continue;
      pass_on(node, incoming, [&](const Ref<Node>& next) { ready.push(next); });
    }
  }

 private:
  struct Pending {
    std::vector<Tensor> gradients;  ///< one an output of the node
    int arrivals = 0;               ///< edges that have not delivered yet
    bool queued = false;
  };

  void deliver(const Edge& edge, const Tensor& gradient) {
    auto& gradients = pending_[edge.node.get()].gradients;
    gradients.resize(edge.node->outputs.size());
    Tensor& sum = gradients[static_cast<std::size_t>(edge.output)];
    sum = sum.defined() ? sum + gradient : gradient;
  }

  /// Visits every node that the roots lead to, none twice, and notes which of them lead to a captured one.
  void count_arrivals() {
    struct Visit {
      Node* node;
      std::size_t next;
    };
    std::unordered_map<Node*, bool> seen;  // true: it, or what it leads to, is captured
    std::vector<Visit> stack;
    const auto enter = [&](Node* node) {
      if (seen.emplace(node, captured_.contains(node)).second) stack.push_back({node, 0});
    };
    for (const Ref<Node>& root : roots_) {
      enter(root.get());
      while (!stack.empty()) {
        Visit& visit = stack.back();
        if (visit.next < visit.node->inputs.size()) {
          Node* next = visit.node->inputs[visit.next++].edge.node.get();
          if (next == nullptr) continue;
          pending_[next].arrivals++;
          enter(next);
          continue;
        }
        Node* node = visit.node;
        stack.pop_back();
        for (const NodeInput& input : node->inputs) {
          Node* next = input.edge.node.get();
          if (next != nullptr && seen[next]) {
            seen[node] = true;
            needed_.emplace(node, true);
          }
        }
      }
    }
  }

  static void call_hooks(const Node& node, std::vector<Tensor>& gradients) {
    gradients.resize(node.outputs.size());
    const auto call = [](const std::vector<GradientHook>& hooks, Tensor& gradient) {
      if (!gradient.defined()) return;
      for (const GradientHook& hook : hooks) {
        if (Tensor changed = hook(gradient); changed.defined()) gradient = changed;
      }
    };
    for (std::size_t i = 0; i < gradients.size(); i++) call(node.outputs[i].hooks, gradients[i]);
    if (node.leaf.defined()) call(gradient_state(node.leaf).hooks, gradients[0]);
  }

  void collect_leaf(const Tensor& leaf, const Tensor& gradient) {
    const auto found = leaves_.find(leaf.state());
    const int index = found == leaves_.end() ? -1 : found->second.first;
    if (index >= 0 && options_.flat.defined()) {
      const std::int64_t offset = found->second.second;
      Tensor place = options_.flat.slice(0, offset, offset + leaf.count()).view(leaf.shape());
      place.assign(place + gradient);
    } else {
      Tensor& grad = gradient_state(leaf).grad;
      grad = grad.defined() ? grad + gradient : own(gradient);
    }
    if (options_.on_leaf) options_.on_leaf(index, leaf);
  }

  /// A gradient that nobody else holds, so that writing it changes nothing else.
  Tensor own(const Tensor& gradient) const {
    if (options_.second_order == SecondOrder::kYes) return gradient.clone();
    return gradient.detach().clone();
  }

  template <class Ready>
  void pass_on(const Ref<Node>& node, std::span<const Tensor> incoming, Ready&& ready) {
    std::vector<Tensor> outgoing(node->inputs.size());
    if (std::any_of(incoming.begin(), incoming.end(), [](const Tensor& gradient) { return gradient.defined(); })) {
      GradientCall call(node, incoming);
      const SourceScope source(node->source);
      try {
        if (node->custom) {
          node->custom(call);
        } else {
          node->op->gradient(call);
        }
      } catch (const OpError&) {
        throw;
      } catch (const Error& error) {
        throw_named("gradient of " + std::string(node->name()), error, node->source);
      }
      outgoing = std::move(call.results());
    }
    for (std::size_t i = 0; i < outgoing.size(); i++) {
      const Edge& edge = node->inputs[i].edge;
      if (!edge.node) continue;
      if (outgoing[i].defined()) deliver(edge, outgoing[i]);
      Pending& pending = pending_[edge.node.get()];
      if (--pending.arrivals == 0 && !std::exchange(pending.queued, true)) ready(edge.node);
    }
  }

  const BackwardOptions& options_;
  std::unordered_map<const TensorState*, std::pair<int, std::int64_t>> leaves_;  // index, offset in flat
  std::unordered_map<Node*, std::vector<Captured>> captured_;
  std::unordered_map<Node*, bool> needed_;
  std::unordered_map<Node*, Pending> pending_;
  std::vector<Ref<Node>> roots_;
  std::vector<Ref<Node>> kept_;
};

void start_all(Walk& walk, std::span<const Tensor> outputs, std::span<const Tensor> output_gradients) {
  if (!output_gradients.empty() && output_gradients.size() != outputs.size())
    throw Error("backward: as many gradients as outputs are expected");
  for (std::size_t i = 0; i < outputs.size(); i++) walk.start(outputs[i], output_gradients.empty() ? Tensor() : output_gradients[i]);
}

}  // namespace

bool gradients_enabled() { return recording; }

GradientMode::GradientMode(bool enabled) : scope_(recording, enabled) {}

void backward(std::span<const Tensor> outputs, std::span<const Tensor> output_gradients, const BackwardOptions& options) {
  const GradientMode mode(options.second_order == SecondOrder::kYes);
  const ScopedValue<const BackwardOptions*> scope(running, &options);
  Walk walk(options);
  start_all(walk, outputs, output_gradients);
  walk.run(Collect::kLeaves, {});
}

std::vector<Tensor> gradients(std::span<const Tensor> outputs, std::span<const Tensor> inputs, std::span<const Tensor> output_gradients,
                              SecondOrder second_order) {
  const GradientMode mode(second_order == SecondOrder::kYes);
  const BackwardOptions options{.second_order = second_order, .leaves = {}, .flat = {}, .on_leaf = {}};
  const ScopedValue<const BackwardOptions*> scope(running, nullptr);
  Walk walk(options);
  for (std::size_t i = 0; i < inputs.size(); i++) walk.capture(inputs[i], i);
  start_all(walk, outputs, output_gradients);
  std::vector<Tensor> results(inputs.size());
  walk.run(Collect::kCaptured, results);
  return results;
}

std::vector<Tensor> gradients(const Tensor& output, std::initializer_list<Tensor> inputs, SecondOrder second_order) {
  return gradients(std::span(&output, 1), std::span(inputs.begin(), inputs.size()), {}, second_order);
}

std::vector<Tensor> checkpoint(const std::function<std::vector<Tensor>(std::span<const Tensor>)>& f, std::span<const Tensor> inputs) {
  std::vector<Tensor> outputs;
  {
    const NoGrad off;
    outputs = f(inputs);
  }
  if (!gradients_enabled()) return outputs;
  Ref<Node> node(new Node);
  node->number = next_node_number();
  for (const Tensor& input : inputs) {
    node->inputs.push_back({edge_of(input), save(input), input.shape(), input.dtype()});
  }
  node->custom = [f](GradientCall& call) {
    if (running == nullptr || running->second_order == SecondOrder::kYes)
      throw Error("a checkpoint has a gradient in backward() of first order alone");
    std::vector<Tensor> again;
    for (int i = 0; i < call.input_count(); i++) {
      again.push_back(call.input(i).detach());
      if (call.wants(i)) again.back().requires_grad(true);
    }
    std::vector<Tensor> results;
    {
      const GradientMode on(true);
      results = f(again);
    }
    std::vector<Tensor> reached, reached_gradients;
    for (std::size_t i = 0; i < results.size(); i++) {
      if (!results[i].requires_grad() || !call.has_gradient(static_cast<int>(i))) continue;
      reached.push_back(results[i]);
      reached_gradients.push_back(call.gradient(static_cast<int>(i)));
    }
    if (reached.empty()) return;
    backward(reached, reached_gradients, *running);  // parameters that f holds collect theirs here
    for (int i = 0; i < call.input_count(); i++) {
      if (Tensor gradient = again[static_cast<std::size_t>(i)].grad(); gradient.defined()) call.set(i, gradient);
    }
  };
  for (std::size_t i = 0; i < outputs.size(); i++) {
    Tensor output = outputs[i].detach();
    node->outputs.push_back({{}, output.shape(), output.dtype(), {}});
    if (is_floating(output.dtype())) gradient_state(output).edge = {node, static_cast<int>(i)};
    outputs[i] = output;
  }
  return outputs;
}

// ---- GradientCall ------------------------------------------------------------------------------------------------------------------

GradientCall::GradientCall(const Ref<Node>& node, std::span<const Tensor> gradients)
    : node_(node), gradients_(gradients), results_(node->inputs.size()) {}

Tensor GradientCall::gradient(int output) const {
  const Tensor& gradient = gradients_[static_cast<std::size_t>(output)];
  if (gradient.defined()) return gradient;
  const NodeOutput& missing = node_->outputs[static_cast<std::size_t>(output)];
  return zeros(missing.shape, missing.dtype);
}

Tensor GradientCall::input(int i) const {
  const NodeInput& input = node_->inputs[static_cast<std::size_t>(i)];
  return unpack(*node_, input.saved, input.edge, "input " + std::to_string(i));
}

Tensor GradientCall::output(int i) const {
  const NodeOutput& output = node_->outputs[static_cast<std::size_t>(i)];
  return unpack(*node_, output.saved, {node_, i}, "output " + std::to_string(i));
}

void GradientCall::set(int i, const Tensor& gradient) {
  if (wants(i)) results_[static_cast<std::size_t>(i)] = sum_to(gradient, input_shape(i));
}

}  // namespace argent::tensor
