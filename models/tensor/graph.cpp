#include "models/tensor/graph.h"

#include <algorithm>
#include <atomic>

#include "models/kernels/copy_elements.h"
#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/op.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/tracer.h"

namespace argent::tensor {
namespace {

constinit thread_local Tracer* active_tracer = nullptr;
std::atomic<std::uint32_t> tracers = 0;

std::string described(const Graph::Value& value) { return to_text(value.dtype) + " " + to_text(value.shape); }

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", number);
  return text;
}

std::string numbered(int value) { return "%" + std::to_string(value); }

}  // namespace

// ---- running it ------------------------------------------------------------------------------------------------------------------------

void Graph::check_inputs(std::span<const Tensor> inputs) const {
  if (static_cast<int>(inputs.size()) != inputs_) throw Error("graph: ", inputs.size(), " inputs, expected ", inputs_);
  for (std::size_t i = 0; i < inputs.size(); i++) {
    const Value& expected = values_[i];
    if (!(inputs[i].shape() == expected.shape) || inputs[i].dtype() != expected.dtype) {
      throw Error("graph: input ", i, " is ", inputs[i].dtype(), " ", inputs[i].shape(), ", expected ", described(expected));
    }
  }
}

std::vector<Tensor> Graph::run(std::span<const Tensor> inputs) const {
  check_inputs(inputs);
  std::vector<Tensor> values(inputs.begin(), inputs.end());
  values.resize(values_.size());
  for (const Constant& constant : constants_) {
    values[static_cast<std::size_t>(constant.value)] = constant.written ? constant.tensor.clone() : constant.tensor;
  }
  std::vector<Tensor> arguments;
  for (std::size_t s = 0; s < steps_.size(); s++) {
    const Step& step = steps_[s];
    arguments.clear();
    for (int input : step.inputs) arguments.push_back(values[static_cast<std::size_t>(input)]);
    const GradientMode mode(step.recorded && gradients_enabled());
    Outputs results = apply(step.op, arguments, step.attributes, step.source);
    for (int i = 0; i < results.size(); i++)
      values[static_cast<std::size_t>(step.outputs[static_cast<std::size_t>(i)])] = std::move(results[i]);
    arguments.clear();
    for (const auto* list : {&step.inputs, &step.outputs}) {
      for (int value : *list) {
        if (values_[static_cast<std::size_t>(value)].last_use == static_cast<int>(s)) values[static_cast<std::size_t>(value)] = Tensor();
      }
    }
  }
  std::vector<Tensor> outputs;
  for (int output : outputs_) outputs.push_back(values[static_cast<std::size_t>(output)]);
  return outputs;
}

std::string Graph::text() const {
  const auto list = [&](const std::vector<int>& values) {
    std::string text;
    for (int value : values) text += (text.empty() ? "" : ", ") + numbered(value);
    return text;
  };
  std::string text = "graph of";
  for (int i = 0; i < inputs_; i++) text += (i == 0 ? " " : ", ") + numbered(i) + ": " + described(values_[static_cast<std::size_t>(i)]);
  text += "\n";
  for (const Constant& constant : constants_) {
    text += "  " + numbered(constant.value) + " = " + (constant.made_here ? "constant" : "parameter") + ": " +
            described(values_[static_cast<std::size_t>(constant.value)]);
    if (constant.made_here && constant.tensor.count() == 1) text += " of " + number_text(read_values(constant.tensor)[0]);
    text += "\n";
  }
  for (const Step& step : steps_) {
    const std::string attributes = to_text(step.attributes), source = step.source.text();
    text += "  " + list(step.outputs) + " = " + std::string(op(step.op).name) + "(" + list(step.inputs) +
            (attributes.empty() ? "" : "; " + attributes) + "): " + described(values_[static_cast<std::size_t>(step.outputs[0])]) +
            (source.empty() ? "" : "  # " + source) + "\n";
  }
  return text + "  return " + list(outputs_) + "\n";
}

// ---- recording it ----------------------------------------------------------------------------------------------------------------------

Tracer::Tracer(std::span<const Tensor> inputs) : id_(++tracers) {
  if (active_tracer != nullptr) throw Error("trace: within a function that is being traced");
  graph_.inputs_ = static_cast<int>(inputs.size());
  for (const Tensor& input : inputs) new_value(input);
  active_tracer = this;
}

Tracer::~Tracer() { active_tracer = nullptr; }

Tracer* Tracer::active() { return active_tracer; }

int Tracer::new_value(const Tensor& tensor) {
  const int value = static_cast<int>(graph_.values_.size());
  graph_.values_.push_back({tensor.shape(), tensor.dtype(), -1});
  tensor.state()->traced_by = id_;
  tensor.state()->traced_as = value;
  return value;
}

int Tracer::value_of(const Tensor& tensor) {
  const TensorState& state = *tensor.state();
  if (state.traced_by == id_) return state.traced_as;
  const bool made_here = state.storage->made_by() == id_;
  const int value = new_value(tensor);
  constant_of_.emplace(value, graph_.constants_.size());
  Tensor kept = tensor;
  if (made_here) {  // its numbers as they are now, before anything writes them
    made_here_.emplace(state.storage.get(), graph_.constants_.size());
    held_.push_back(tensor);
    kept = empty(tensor.shape(), tensor.dtype(), pointwise_strides(tensor.shape(), std::span(&tensor, 1)));
    kernels::copy_elements(kept, tensor);
  }
  graph_.constants_.push_back({value, std::move(kept), made_here, false});
  return value;
}

void Tracer::see(std::span<const Tensor> inputs) {
  for (const Tensor& input : inputs) value_of(input);
}

void Tracer::record(const Call& call, std::span<const Tensor> outputs, Source source) {
  Graph::Step step{call.op.id, call.attributes, {}, {}, source, gradients_enabled()};
  for (const Tensor& input : call.inputs) step.inputs.push_back(value_of(input));
  for (const Tensor& output : outputs) step.outputs.push_back(call.op.writes ? value_of(output) : new_value(output));
  if (call.op.writes) {
    const auto found = made_here_.find(call.input().state()->storage.get());
    if (found != made_here_.end()) graph_.constants_[found->second].written = true;
  }
  graph_.steps_.push_back(std::move(step));
}

bool Tracer::follows(const Tensor& tensor) const {
  return tensor.state()->traced_by == id_ && !constant_of_.contains(tensor.state()->traced_as);
}

Graph Tracer::finish(std::span<const Tensor> outputs) {
  for (const Tensor& output : outputs) graph_.outputs_.push_back(value_of(output));
  for (std::size_t s = 0; s < graph_.steps_.size(); s++) {
    for (const auto* list : {&graph_.steps_[s].inputs, &graph_.steps_[s].outputs}) {
      for (int value : *list) graph_.values_[static_cast<std::size_t>(value)].last_use = static_cast<int>(s);
    }
  }
  for (int output : graph_.outputs_) graph_.values_[static_cast<std::size_t>(output)].last_use = -1;
  return std::move(graph_);
}

Graph trace(const TensorFunction& function, std::span<const Tensor> examples) {
  Tracer tracer(examples);
  const std::vector<Tensor> outputs = function(examples);
  return tracer.finish(outputs);
}

Graph trace(const TensorFunction& function, std::initializer_list<Tensor> examples) {
  return trace(function, std::span(examples.begin(), examples.size()));
}

}  // namespace argent::tensor
