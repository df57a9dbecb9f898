#include "models/tensor/plan.h"

#include <algorithm>

#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"

namespace argent::tensor {

Plan::Plan(const Graph& graph, std::span<const Tensor> examples) {
  const NoGrad off;
  std::vector<Tensor> values(graph.values().size());
  const auto value = [&](int i) -> Tensor& { return values[static_cast<std::size_t>(i)]; };
  graph.check_inputs(examples);
  for (const Tensor& example : examples) inputs_.push_back(example.clone());
  std::copy(inputs_.begin(), inputs_.end(), values.begin());
  for (const Graph::Constant& constant : graph.constants()) value(constant.value) = constant.tensor;
  for (const Graph::Step& step : graph.steps()) {
    if (op(step.op).writes) throw Error("plan: ", op(step.op).name, " writes a tensor, which a plan does not");
    Step now{step.op, step.attributes, {}, {}};
    for (int input : step.inputs) now.inputs.push_back(value(input));
    Outputs results = apply(step.op, now.inputs, step.attributes, step.source);
    for (int i = 0; i < results.size(); i++) now.outputs.push_back(value(step.outputs[static_cast<std::size_t>(i)]) = results[i]);
    if (op(step.op).view == nullptr) steps_.push_back(std::move(now));
  }
  for (int output : graph.outputs()) outputs_.push_back(value(output));
}

void Plan::run() {
  for (Step& step : steps_) compute({op(step.op), step.inputs, step.attributes}, step.outputs);
}

}  // namespace argent::tensor
