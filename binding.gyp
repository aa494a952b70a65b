{
  'variables': {
    # The defaults are node-pre-gyp's, so that plain node-gyp builds too.
    'module_name%': 'snoopkit',
    'module_path%': './prebuilds/<(OS)-<(target_arch)',
    # Such as 'address,undefined' (test/native/asan.mjs).
    'sanitize%': '',
    # '--static' links libbpf and libelf into the addon, where pkg-config finds position-independent ones.
    'pkg_config_flags%': '',
  },
  'targets': [
    {
      'target_name': '<(module_name)',
      'sources': [
        'core/native/addon.cc',
        'core/native/arguments.cc',
        'core/native/attach.cc',
        'core/native/batch.cc',
        'core/native/btf.cc',
        'core/native/callback.cc',
        'core/native/data.cc',
        'core/native/describe.cc',
        'core/native/entries.cc',
        'core/native/environment.cc',
        'core/native/hangup.cc',
        'core/native/kernel_types.cc',
        'core/native/log.cc',
        'core/native/loop.cc',
        'core/native/map.cc',
        'core/native/object.cc',
        'core/native/open_stream.cc',
        'core/native/privileges.cc',
        'core/native/process.cc',
        'core/native/reuse.cc',
        'core/native/ring.cc',
        'core/native/stream.cc',
        'core/native/stream_methods.cc',
      ],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS'],
      'cflags': ['-Wall', '-Wextra', '-fvisibility=hidden', '<!@(pkg-config --cflags libbpf)'],
      'cflags_cc': ['-fvisibility-inlines-hidden'],
      'cflags_cc!': ['-fno-exceptions'],
      'libraries': ['<!@(pkg-config --libs <(pkg_config_flags) libbpf)'],
      'conditions': [
        ['sanitize!=""', {
          'cflags': ['-fsanitize=<(sanitize)', '-fno-sanitize=vptr', '-fno-omit-frame-pointer', '-g', '-O1'],
          'cflags!': ['-O3'],
          'ldflags': ['-fsanitize=<(sanitize)'],
        }],
      ],
    },
    {
      'target_name': 'place',
      'type': 'none',
      'dependencies': ['<(module_name)'],
      'copies': [{ 'files': ['<(PRODUCT_DIR)/<(module_name).node'], 'destination': '<(module_path)' }],
    },
  ],
}
