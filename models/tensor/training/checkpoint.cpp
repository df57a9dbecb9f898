#include "models/tensor/training/checkpoint.h"

#include "models/formats/safetensors.h"

namespace argent::tensor {
namespace {

constexpr const char* kFormat = "argent checkpoint 1";

/// A generator's key and counter, which lie in one tensor.
class GeneratorState final : public Stateful {
 public:
  explicit GeneratorState(const Generator& generator) : state_(generator.state()) {}
  void describe(Members& members) override { members.buffer("state", state_); }

 private:
  Tensor state_;
};

/// Calls f with what names the part's tensors.
template <class F>
void with_stateful(const CheckpointPart& part, F&& f) {
  if (Stateful* const* object = std::get_if<Stateful*>(&part.object)) return f(**object);
  GeneratorState state(*std::get<Generator*>(part.object));
  f(state);
}

/// Those of `tensors` whose names begin with the part's.
NamedTensors tensors_of(const NamedTensors& tensors, const std::string& part) {
  NamedTensors result;
  const std::string prefix = part + ".";
  for (auto at = tensors.lower_bound(prefix); at != tensors.end() && at->first.starts_with(prefix); ++at)
    result.emplace(at->first.substr(prefix.size()), at->second);
  return result;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts, Overwrite overwrite) {
  NamedTensors tensors;
  for (const CheckpointPart& part : parts) {
    if (part.name.empty() || part.name.find('.') != std::string::npos)
      throw Error("a part of a checkpoint can't be named \"" + part.name + "\"");
    with_stateful(part, [&](Stateful& object) {
      for (auto& [name, tensor] : state(object)) {
        if (!tensors.emplace(part.name + "." + name, tensor).second) throw Error("two parts of a checkpoint are named " + part.name);
      }
    });
  }
  write_safetensors(path, tensors, {{"format", kFormat}}, overwrite);
}

void load_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts) {
  const SafetensorsFile file = read_safetensors(path);
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != kFormat) throw Error(path.string() + ": is no checkpoint of this kind");
  std::string wrong;
  std::size_t known = 0;
  for (const CheckpointPart& part : parts) {
    const NamedTensors tensors = tensors_of(file.tensors, part.name);
    known += tensors.size();
    with_stateful(part, [&](Stateful& object) {
      if (const std::string mismatch = state_mismatch(object, tensors); !mismatch.empty()) wrong += "; " + part.name + ": " + mismatch;
    });
  }
  if (known != file.tensors.size()) wrong += "; holds parts that were not asked for";
  if (!wrong.empty()) throw Error(path.string() + wrong.replace(0, 1, ":"));
  for (const CheckpointPart& part : parts) {
    with_stateful(part, [&](Stateful& object) { load_state(object, tensors_of(file.tensors, part.name)); });
  }
}

}  // namespace argent::tensor
