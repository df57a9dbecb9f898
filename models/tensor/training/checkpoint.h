// models/tensor/training/checkpoint.h - all that a training needs to go on where it was, bit for bit, in one safetensors file.
//
//   const std::vector<CheckpointPart> parts = {{"model", net}, {"optimizer", adam}, {"loader", loader}, {"random", random}};
//   save_checkpoint("run.safetensors", parts, Overwrite::kYes);
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "models/runtime/overwrite.h"
#include "models/tensor/layers/members.h"
#include "models/tensor/ops/random.h"

namespace argent::tensor {

/// What is saved under a name; outlives the calls.
struct CheckpointPart {
  CheckpointPart(std::string part_name, Stateful& part);
  CheckpointPart(std::string part_name, Generator& part);

  std::string name;
  std::shared_ptr<Stateful> object;
};

/// "model.conv1.weight", ... A file of that name is replaced at once and whole (Overwrite::kYes), so that one of the two always is there.
void save_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts, Overwrite overwrite);

/// Throws Error, and changes nothing, when the file does not hold exactly these parts with their names and shapes.
void load_checkpoint(const std::filesystem::path& path, std::span<const CheckpointPart> parts);

}  // namespace argent::tensor
