// samples/pipeline_shelf.h - pipelines that are used again: one is made for each set of parameters, and photos with settings of their own
// have many.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "isp/pipeline.h"

namespace argent {

/// Keeps the last few. Several threads may ask at once.
class PipelineShelf {
 public:
  /// The pipeline that was made for `key`, or a new one of `params`: equal keys have to mean equal parameters. Throws Error as Pipeline
  /// does.
  std::shared_ptr<const Pipeline> get(const std::string& key, const PipelineParams& params);

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const Pipeline> pipeline;
  };
  std::mutex mutex_;
  std::deque<Kept> kept_;  ///< the last used first
};

}  // namespace argent
