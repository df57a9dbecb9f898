#include "models/tensor/layers/members.h"

#include "models/tensor/autograd.h"
#include "models/tensor/layers/module.h"
#include "models/tensor/operand.h"

namespace argent::tensor {

void Members::add(std::string_view name, Tensor& tensor, Kind kind) {
  if (tensor.defined()) all_.push_back({prefix_ + std::string(name), &tensor, kind});
}

void Members::part(std::string_view name, Module& part) {
  const std::string outer = prefix_;
  prefix_ += std::string(name) + ".";
  parts_.push_back(&part);
  part.describe(*this);
  prefix_ = outer;
}

Members members_of(Stateful& object) {
  Members members;
  object.describe(members);
  return members;
}

NamedTensors state(Stateful& object) {
  NamedTensors tensors;
  const Members members = members_of(object);
  for (const Members::Member& member : members.all()) {
    if (!tensors.emplace(member.name, member.tensor->detach()).second) throw Error("two tensors are named ", member.name);
  }
  return tensors;
}

std::string state_mismatch(Stateful& object, const NamedTensors& tensors) {
  std::string missing, unknown, different;
  const auto list = [](std::string& names, const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  const NamedTensors own = state(object);
  for (const auto& [name, tensor] : own) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      list(missing, name);
    } else if (!(found->second.shape() == tensor.shape()) || kind_of(found->second.dtype()) != kind_of(tensor.dtype())) {
      list(different, name + " is " + to_text(found->second.dtype()) + " " + to_text(found->second.shape()) + ", expected " +
                          to_text(tensor.dtype()) + " " + to_text(tensor.shape()));
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (!own.contains(name)) list(unknown, name);
  }
  std::string text;
  for (const auto& [what, names] : {std::pair("missing: ", missing), std::pair("unknown: ", unknown), std::pair("", different)}) {
    if (!names.empty()) text += (text.empty() ? "" : "; ") + (what + names);
  }
  return text;
}

void load_state(Stateful& object, const NamedTensors& tensors) {
  if (const std::string mismatch = state_mismatch(object, tensors); !mismatch.empty()) throw Error("load_state: ", mismatch);
  const NoGrad off;
  for (auto& [name, tensor] : state(object)) Tensor(tensor).assign(tensors.at(name));
}

}  // namespace argent::tensor
