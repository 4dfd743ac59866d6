/** Finds the carrier and mounts the application into the page. */
import { mount } from 'svelte';
import App from './App.svelte';
import { createClient } from './transport/index.ts';
import { connectElectron, hasBridge } from './transport/electron.ts';
import { connectHttp } from './transport/http.ts';

const client = createClient(hasBridge() ? connectElectron() : connectHttp());
mount(App, { target: document.getElementById('app')!, props: { client } });
