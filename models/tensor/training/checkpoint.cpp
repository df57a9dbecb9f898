#include "models/tensor/training/checkpoint.h"

#include "models/formats/safetensors.h"

namespace argent::tensor {
namespace {

constexpr const char* kFormat = "argent checkpoint 1";

/// A generator's key and counter, which lie in one tensor.
class GeneratorState final : public Stateful {
 public:
  explicit GeneratorState(const Generator& generator) : generator_(generator) {}
  void describe(Members& members) override {
    state_ = generator_.state();
    members.buffer("state", state_);
  }

 private:
  const Generator& generator_;
  Tensor state_;
};

/// Those of `tensors` whose names begin with the part's.
NamedTensors tensors_of(const NamedTensors& tensors, const std::string& part) {
  NamedTensors result;
  const std::string prefix = part + ".";
  for (auto at = tensors.lower_bound(prefix); at != tensors.end() && at->first.starts_with(prefix); ++at)
    result.emplace(at->first.substr(prefix.size()), at->second);
  return result;
}

}  // namespace

CheckpointPart::CheckpointPart(std::string part_name, Stateful& part)
    : name(std::move(part_name)), object(std::shared_ptr<void>(), &part) {}
CheckpointPart::CheckpointPart(std::string part_name, Generator& part)
    : name(std::move(part_name)), object(std::make_shared<GeneratorState>(part)) {}

void save_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts, Overwrite overwrite) {
  NamedTensors tensors;
  for (const CheckpointPart& part : parts) {
    if (part.name.empty() || part.name.find('.') != std::string::npos)
      throw Error("a part of a checkpoint can't be named \"", part.name, "\"");
    for (auto& [name, tensor] : state(*part.object)) {
      if (!tensors.emplace(part.name + "." + name, tensor).second) throw Error("two parts of a checkpoint are named ", part.name);
    }
  }
  write_safetensors(path, tensors, {{"format", kFormat}}, overwrite);
}

void load_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts) {
  const SafetensorsFile file = read_safetensors(path);
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != kFormat) throw Error(path.string(), ": is no checkpoint of this kind");
  std::string wrong;
  std::size_t known = 0;
  for (const CheckpointPart& part : parts) {
    const NamedTensors tensors = tensors_of(file.tensors, part.name);
    known += tensors.size();
    if (const std::string mismatch = state_mismatch(*part.object, tensors); !mismatch.empty()) wrong += "; " + part.name + ": " + mismatch;
  }
  if (known != file.tensors.size()) wrong += "; holds parts that were not asked for";
  if (!wrong.empty()) throw Error(path.string(), wrong.replace(0, 1, ":"));
  for (const CheckpointPart& part : parts) load_state(*part.object, tensors_of(file.tensors, part.name));
}

}  // namespace argent::tensor
