"""What all fakes share: the operations table, dispatch, paging, control plane, documents."""
