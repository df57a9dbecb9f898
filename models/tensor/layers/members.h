// models/tensor/layers/members.h - the named tensors that a network, an optimizer or a loader consists of.
//
//   struct Net : Module {
//     Linear hidden, out;
//     void describe(Members& m) override { m.part("hidden", hidden), m.part("out", out); }
//   };
//   write_safetensors("net.safetensors", state(net), {}, Overwrite::kNo);   // hidden.weight, hidden.bias, out.weight, out.bias
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/tensor/tensor.h"

namespace argent::tensor {

/// Tensors by name, as PyTorch's state dicts: "conv1.weight", "layers.0.bias".
using NamedTensors = std::map<std::string, Tensor, std::less<>>;

class Members;

/// Names its tensors once; what saves, loads, trains and converts them asks here.
class Stateful {
 public:
  virtual ~Stateful() = default;
  virtual void describe(Members& members) = 0;

 protected:
  Stateful() = default;
  Stateful(Stateful&&) = default;
  Stateful& operator=(Stateful&&) = default;
};

class Module;

/// What describe() fills, in the order in which it names: its tensors, and those of its parts under the part's name and a dot.
class Members {
 public:
  enum class Kind { kParameter, kBuffer };
  struct Member {
    std::string name;
    Tensor* tensor;
    Kind kind;
  };

  /// Learns. An undefined tensor (a bias that is not wanted) is left out.
  void parameter(std::string_view name, Tensor& tensor) { add(name, tensor, Kind::kParameter); }
  /// Is kept, and does not learn.
  void buffer(std::string_view name, Tensor& tensor) { add(name, tensor, Kind::kBuffer); }
  void part(std::string_view name, Module& part);

  const std::vector<Member>& all() const { return all_; }
  const std::vector<Module*>& parts() const { return parts_; }  ///< with the parts' parts

 private:
  void add(std::string_view name, Tensor& tensor, Kind kind);

  std::string prefix_;
  std::vector<Member> all_;
  std::vector<Module*> parts_;
};

Members members_of(Stateful& object);

/// Its tensors by name, on the same storage and without gradients. Throws Error when two have one name.
NamedTensors state(Stateful& object);

/// Copies the numbers of `tensors` into the object's own, converted to their types: whoever holds those sees them change. Throws Error, and
/// changes nothing, when names are missing or unknown, or shapes or kinds of types differ; it names all of them.
void load_state(Stateful& object, const NamedTensors& tensors);

/// What load_state would say; empty: nothing.
std::string state_mismatch(Stateful& object, const NamedTensors& tensors);

}  // namespace argent::tensor
